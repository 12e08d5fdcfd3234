#include "text/moses_detokenizer.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "text/unicode.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

using Word = std::u32string;

constexpr std::u32string_view kClosingMarks = U",.?!:;\\%}])", kQuotes = U"'\"„“`";

bool contains(std::u32string_view set, char32_t c) {
  return set.find(c) != set.npos;
}

bool consists_of(const Word& word, std::u32string_view set) {
  return word.find_first_not_of(set) == word.npos;
}

bool is_digits(const Word& word) {
  return consists_of(word, U"0123456789");
}

/// Chinese, Japanese and Korean characters, their marks and syllables too.
bool is_cjk(char32_t c) {
  constexpr std::pair<char32_t, char32_t> kBlocks[] = {
      {0x1100, 0x11FF}, {0x2E80, 0xA4CF},   {0xA840, 0xA87F},   {0xAC00, 0xD7AF},   {0xF900, 0xFAFF},  {0xFE30, 0xFE4F},
      {0xFF65, 0xFFDC}, {0x17000, 0x18AFF}, {0x1B000, 0x1B12F}, {0x1B170, 0x1B2FF}, {0x20000, 0x2FFFF}};
  return std::any_of(std::begin(kBlocks), std::end(kBlocks),
                     [c](const auto& block) { return c >= block.first && c <= block.second; });
}

bool opens(const Word& word) {
  return std::all_of(word.begin(), word.end(), [](char32_t c) {
    return contains(U"([{¿¡", c) || u_charType(static_cast<UChar32>(c)) == U_CURRENCY_SYMBOL;
  });
}

/// Whether a word is an elision, "l'".
bool is_elision(const Word& word) {
  return word.size() > 1 && word.back() == '\'' && is_alphabetic(word[word.size() - 2]);
}

/// Whether a word is an ending of a case, perhaps with a possessive and a particle after it: N, ssa, han, ssaniko.
bool is_finnish_ending(const Word& word) {
  static const std::vector<Word> cases = {U"n",   U"a",   U"ä",   U"ssa", U"ssä", U"sta", U"stä", U"hun", U"hyn",
                                          U"han", U"hän", U"hön", U"un",  U"yn",  U"an",  U"än",  U"ön",  U"seen",
                                          U"lla", U"llä", U"lta", U"ltä", U"lle", U"ksi", U"kse", U"tta", U"ine"};
  static const std::vector<Word> possessives = {U"", U"ni", U"si", U"mme", U"nne", U"nsa"};
  static const std::vector<Word> particles = {U"",   U"ko", U"kö",   U"han",  U"hän",
                                              U"pa", U"pä", U"kaan", U"kään", U"kin"};
  Word lower = word;
  lower[0] = lowercase_each(word.substr(0, 1))[0];  // only the first letter may be a capital
  for (const Word& ending : cases) {
    if (!lower.starts_with(ending)) continue;
    for (const Word& possessive : possessives) {
      if (!lower.substr(ending.size()).starts_with(possessive)) continue;
      const Word rest = lower.substr(ending.size() + possessive.size());
      if (std::find(particles.begin(), particles.end(), rest) != particles.end()) return true;
    }
  }
  return false;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (size_t found = text.find(from); found != text.npos; found = text.find(from)) {
    out.append(text.substr(0, found)).append(to);
    text.remove_prefix(found + from.size());
  }
  return out.append(text);
}

/// One pass after the other, so that "&amp;lt;" is "&lt;".
std::string unescaped(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
      {"&bar;", "|"},   {"&#124;", "|"}, {"&lt;", "<"},  {"&gt;", ">"},  {"&bra;", "["}, {"&ket;", "]"},
      {"&quot;", "\""}, {"&apos;", "'"}, {"&#91;", "["}, {"&#93;", "]"}, {"&amp;", "&"}};
  if (text.find('&') == text.npos) return text;
  for (const auto& [entity, character] : kEntities) text = replaced(text, entity, character);
  return text;
}

/// Where a blank may stand beside a word: on either side, only before it, or only behind it.
enum class Kind { kFree, kOpening, kClosing };

/// The words of a line, each of which is placed by those around it, in their order.
class Line {
 public:
  Line(std::vector<Word> words, const std::string& language) : words_(std::move(words)), language_(language) {}

  std::string text() {
    std::string text;
    bool blank = true;  // whether the word before allows a blank
    for (size_t i = 0; i < words_.size(); ++i) {
      const Kind kind = kind_of(i);
      if ((blank && kind != Kind::kClosing) || has_french_blank(words_[i])) text += ' ';
      text += to_utf8(words_[i]);
      blank = kind != Kind::kOpening;
    }
    return single_spaced(text);
  }

 private:
  bool is(std::string_view language) const { return language_ == language; }

  Kind kind_of(size_t i) {
    const Word& word = words_[i];
    if (is_cjk(word[0]) && !is("ko")) return i > 0 && is_cjk(words_[i - 1].back()) ? Kind::kClosing : Kind::kFree;
    if (opens(word)) return Kind::kOpening;
    if (consists_of(word, kClosingMarks)) return Kind::kClosing;
    if (is("en") && i > 0 && word[0] == '\'' && word.size() > 1 && is_alphabetic(word[1])) return Kind::kClosing;
    if (is("cs") && ends_decimal(i)) return Kind::kClosing;
    if (has_elisions() && i + 1 < words_.size() && is_elision(word) && is_alphabetic(words_[i + 1][0])) {
      return Kind::kOpening;
    }
    if (is("cs") && (begins_dashed(i) || (i > 0 && begins_dashed(i - 1)))) return Kind::kOpening;
    if (consists_of(word, kQuotes)) return kind_of_quote(i);
    if (is("fi") && i > 0 && words_[i - 1].back() == ':' && is_finnish_ending(word)) return Kind::kClosing;
    return Kind::kFree;
  }

  /// Quotes open and close in turn.
  Kind kind_of_quote(size_t i) {
    const Word& word = words_[i];
    const bool curly = consists_of(word, U"„“");
    int64_t& count = quotes_[curly ? U"\"" : word];
    if (is("cs") && word == U"„") count = 0;
    if (is("cs") && word == U"“") count = 1;
    const bool possessive = is("en") && word == U"'" && i > 0 && words_[i - 1].back() == 's';  // "the dogs' house"
    if (count % 2 == 0 && possessive) return Kind::kClosing;
    return count++ % 2 == 0 ? Kind::kOpening : Kind::kClosing;
  }

  bool has_elisions() const { return is("fr") || is("it") || is("ga"); }

  /// In French, a blank stands before these.
  bool has_french_blank(const Word& word) const {
    return is("fr") && word.size() == 1 && contains(U"?!:;\\%", word[0]);
  }

  /// "3 , 5" in Czech.
  bool ends_decimal(size_t i) const {
    return i > 1 && is_digits(words_[i]) && (words_[i - 1] == U"." || words_[i - 1] == U",") &&
           is_digits(words_[i - 2]);
  }

  /// "bude - li" and "e - mail" in Czech.
  bool begins_dashed(size_t i) const {
    if (i + 2 >= words_.size() || !is_alphabetic(words_[i].back())) return false;
    if (words_[i + 1] != U"-" && words_[i + 1] != U"–") return false;
    const Word lower = lowercase_each(words_[i + 2]);
    return lower == U"li" || lower.starts_with(U"mail");
  }

  const std::vector<Word> words_;
  const std::string& language_;
  std::map<Word, int64_t> quotes_;  ///< how many of each were there
};

}  // namespace

std::string MosesDetokenizer::detokenize(std::string_view tokens) const {
  const std::string text = unescaped(replaced(fmt::format(" {} ", single_spaced(tokens)), " @-@ ", "-"));
  std::vector<Word> words;
  for (const std::string_view word : split_words(text)) words.push_back(code_points(word));
  return Line(std::move(words), language_).text();
}

}  // namespace rotor
