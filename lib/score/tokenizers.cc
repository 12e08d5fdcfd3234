#include "score/tokenizers.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/option_text.h"
#include "score/compounds.h"
#include "score/rewrite.h"
#include "text/moses_tokenizer.h"
#include "text/sentence_pieces.h"
#include "text/spacing.h"
#include "text/unicode.h"
#include "text/whitespace.h"

// Each step rewrites the whole segment before the next one starts: their order and what each consumes decide runs such
// as "5...,7".
namespace rotor {
namespace {

constexpr std::string_view kMoses = "moses-";

struct Interval {
  char32_t first, last;
};

/// The characters that "zh" treats as Chinese. sacreBLEU writes U+20000 … U+2A6D6 and U+2F800 … U+2FA1D so that Python
/// reads four digits only: it really sets U+2001 … U+2A6D and U+2F81 … U+2FA1 apart, and nothing beyond U+FFFF.
constexpr Interval kChinese[] = {
    {0x2001, 0x2A6D}, {0x2E80, 0x2FDF}, {0x2FF0, 0x303F}, {0x3100, 0x312F}, {0x31A0, 0x31BF},
    {0x31C0, 0x31EF}, {0x3200, 0x33FF}, {0x3400, 0x4DB5}, {0x4E00, 0x9FBB}, {0xF900, 0xFA2D},
    {0xFA30, 0xFA6A}, {0xFA70, 0xFAD9}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F}, {0xFF00, 0xFFEF},
};

bool is_chinese(char32_t c) {
  return std::any_of(std::begin(kChinese), std::end(kChinese),
                     [c](const Interval& interval) { return interval.first <= c && c <= interval.last; });
}

std::string join(const std::vector<std::string>& pieces) {
  std::string text;
  for (const auto& piece : pieces) text.append(piece).push_back(' ');
  return text;
}

std::string without_markup(std::string_view segment) {
  std::string text(segment);
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  replace_all(text, "\n", " ");
  unescape_entities(text);
  return text;
}

/// The bytes to which mteval's rules apply; words of other bytes are not changed.
enum Kind : uint8_t { kPlain = 0, kSymbol = 1, kStop = 2, kDash = 4, kDigit = 8 };

constexpr std::array<uint8_t, 256> kKinds = [] {
  std::array<uint8_t, 256> kinds{};
  for (int c = '!'; c <= '~'; ++c) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    kinds[c] = c >= '0' && c <= '9' ? kDigit : letter || c == '\'' ? kPlain : kSymbol;
  }
  kinds['.'] = kinds[','] = kStop;
  kinds['-'] = kDash;
  return kinds;
}();

/// Appends the tokens of a word. The rules see the spaces around it only, so each word is split by itself, and most
/// need no rule.
void split_word(std::string_view word, std::vector<std::string_view>& tokens) {
  unsigned kinds = 0, before_last = 0;
  for (char c : word) {
    before_last = kinds;
    kinds |= kKinds[static_cast<unsigned char>(c)];
  }
  const bool split_dash = (kinds & kDash) != 0 && (kinds & kDigit) != 0;
  if ((kinds & (kSymbol | kStop)) == 0 && !split_dash) {
    tokens.push_back(word);
  } else if ((kinds & kSymbol) == 0 && !split_dash && (before_last & kStop) == 0 && word.size() > 1) {
    tokens.push_back(word.substr(0, word.size() - 1));
    tokens.push_back(word.substr(word.size() - 1));
  } else {
    size_t begin = 0;
    for_each_word(separate_stops(separate_symbols(fmt::format(" {} ", word))), [&](std::string_view token) {
      tokens.push_back(word.substr(begin, token.size()));
      begin += token.size();
    });
  }
}

/// Moses's tokeniser as tokenizer.perl is called with its defaults, by which published translations were scored.
MosesTokenizer moses_tokenizer(const std::string& language) {
  const auto& languages = moses_languages();
  ROTOR_CHECK(std::find(languages.begin(), languages.end(), language) != languages.end(),
              "expected a language of Moses's tokeniser among {}, got \"{}\"", fmt::join(languages, ", "), language);
  return MosesTokenizer({.language = language, .dash_splits = false, .ideographs = true});
}

/// A tokeniser that sets tokens apart by white space.
Tokenizer by_white_space(std::function<std::string(std::string_view)> set_apart) {
  return [set_apart = std::move(set_apart)](std::string_view segment, Tokens& tokens) {
    tokens.text = set_apart(segment);
    tokens.list = split_words(tokens.text);
  };
}

}  // namespace

void tokenize_13a(std::string_view segment, Tokens& tokens) {
  tokens.text.clear();
  const auto has = [segment](char c) { return segment.find(c) != segment.npos; };
  if (has('<') || has('&') || has('\n')) segment = tokens.text = without_markup(segment);
  tokens.list.clear();
  for_each_word(segment, [&tokens](std::string_view word) { split_word(word, tokens.list); });
}

std::string tokenize_intl(std::string_view segment) {
  std::u32string text = code_points(segment);
  text = space_pairs(text, "1 2 ", [](char32_t a, char32_t b) { return !is_number(a) && is_punctuation(b); });
  text = space_pairs(text, " 1 2", [](char32_t a, char32_t b) { return is_punctuation(a) && !is_number(b); });
  return to_utf8(set_apart(text, is_symbol));
}

std::string tokenize_zh(std::string_view segment) {
  const auto words = split_words(segment);
  if (words.empty()) return {};
  segment.remove_prefix(static_cast<size_t>(words.front().data() - segment.data()));
  return separate_stops(separate_symbols(to_utf8(set_apart(code_points(segment), is_chinese))));
}

std::string tokenize_char(std::string_view segment) {
  return to_utf8(set_apart(code_points(segment), [](char32_t) { return true; }));
}

const std::vector<std::string>& moses_languages() {
  static const std::vector<std::string> languages = {"en", "de"};
  return languages;
}

const std::vector<std::string>& tokenizer_names() {
  static const std::vector<std::string> names = {"13a", "intl", "zh", "char", "none", "spm", "moses-en", "moses-de"};
  return names;
}

Tokenizer make_tokenizer(const std::string& name, const std::string& spm_model) {
  if (name == "13a") return tokenize_13a;
  if (name == "intl") return by_white_space(tokenize_intl);
  if (name == "zh") return by_white_space(tokenize_zh);
  if (name == "char") return by_white_space(tokenize_char);
  if (name == "none") return [](std::string_view segment, Tokens& tokens) { tokens.list = split_words(segment); };
  if (name.starts_with(kMoses)) {
    return by_white_space([tokenizer = moses_tokenizer(name.substr(kMoses.size()))](std::string_view segment) {
      return tokenizer.tokenize(segment);
    });
  }
  ROTOR_CHECK(name == "spm", "expected a tokeniser among {}, got \"{}\"", fmt::join(tokenizer_names(), ", "), name);
  ROTOR_CHECK(!spm_model.empty(), "expected a SentencePiece model for the tokeniser spm, got none");
  return by_white_space(
      [pieces = SentencePieces(spm_model)](std::string_view segment) { return join(pieces.split(segment)); });
}

Tokenizer make_compound_splitter(const std::string& language) {
  return by_white_space([tokenizer = moses_tokenizer(language)](std::string_view segment) {
    return split_compounds(tokenizer.tokenize(segment));
  });
}

}  // namespace rotor
