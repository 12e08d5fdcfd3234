#include "text/moses_tokenizer.h"

#include <unicode/uscript.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "text/moses_abbreviations.h"
#include "text/spacing.h"
#include "text/unicode.h"
#include "text/whitespace.h"

// Each step rewrites the whole line before the next one starts: their order and what each consumes decide runs such as
// "5...,7".
namespace rotor {
namespace {

using Is = std::function<bool(char32_t)>;

/// Stands for a period of an ellipsis, out of reach of all rules on periods.
constexpr char32_t kEllipsisDot = 0x110000;

/// Signs of the Indic scripts that take a vowel away or change a consonant (viramas, nuktas). They are within words,
/// though Unicode does not call them alphabetic.
constexpr std::u32string_view kIndicSigns =
    U"\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0EBA\u1039\u1714\u1BAB\uA8C4\uA953"
    U"\uAAF6"
    U"\u093C\u09BC\u0A3C\u0ABC\u0AFD\u0AFE\u0AFF\u0B3C\u0CBC\u1C37";

bool contains(std::u32string_view set, char32_t c) {
  return set.find(c) != set.npos;
}

bool is_ascii_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

/// An ideograph or a syllable of Hangul, letters of no alphabet.
bool is_ideograph(char32_t c) {
  constexpr char32_t kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3;
  if (c < 0x2E80) return false;
  UErrorCode status = U_ZERO_ERROR;
  return (c >= kFirstSyllable && c <= kLastSyllable) ||
         uscript_getScript(static_cast<UChar32>(c), &status) == USCRIPT_HAN;
}

/// The scripts of a language without an alphabet, of which marks are used in several.
std::vector<int> scripts_of(const std::string& language) {
  if (language == "zh") return {USCRIPT_HAN};
  if (language == "ja") return {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA};
  if (language == "ko") return {USCRIPT_HANGUL};
  return {};
}

/// Runs of two and more periods become words of their own.
std::u32string separate_ellipses(const std::u32string& text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    const size_t end = std::min(text.find_first_not_of(U'.', i), text.size());
    if (end - i >= 2) {
      out.append(1, U' ').append(end - i, kEllipsisDot).append(1, U' ');
      i = end;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

/// Commas stand apart but between numbers.
std::u32string separate_commas(std::u32string text) {
  text = space_pairs(text, "1 2 ", [](char32_t a, char32_t b) { return b == ',' && !is_number(a); });
  text = space_pairs(text, " 1 2", [](char32_t a, char32_t b) { return a == ',' && !is_number(b); });
  if (text.ends_with(',')) text.insert(text.size() - 1, 1, U' ');
  return text;
}

/// Replaces every apostrophe between characters of the given kinds.
std::u32string replace_apostrophes(const std::u32string& text, const Is& before, const Is& after,
                                   std::u32string_view replacement) {
  std::u32string out;
  size_t i = 0;
  while (i + 2 < text.size()) {
    if (text[i + 1] == '\'' && before(text[i]) && after(text[i + 2])) {
      out.append(1, text[i]).append(replacement).append(1, text[i + 2]);
      i += 3;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out.append(text, i);
}

std::vector<std::u32string> words_of(const std::u32string& text) {
  std::vector<std::u32string> words;
  for (size_t i = 0; i < text.size();) {
    const auto begin = std::find_if_not(text.begin() + static_cast<int64_t>(i), text.end(), is_python_space);
    const auto end = std::find_if(begin, text.end(), is_python_space);
    if (begin != end) words.emplace_back(begin, end);
    i = static_cast<size_t>(end - text.begin());
  }
  return words;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '|':
        out += "&#124;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '[':
        out += "&#91;";
        break;
      case ']':
        out += "&#93;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

MosesTokenizer::MosesTokenizer(const MosesOptions& options)
    : options_(options),
      scripts_(scripts_of(options.language)),
      abbreviations_(moses_abbreviations(options.language)) {}

bool MosesTokenizer::is_letter(char32_t c) const {
  if (is_alphabetic(c)) {
    if (options_.ideographs || !is_ideograph(c)) return true;
  } else if (contains(kIndicSigns, c)) {
    return true;
  }
  return std::any_of(scripts_.begin(), scripts_.end(), [c](int script) {
    return uscript_hasScript(static_cast<UChar32>(c), static_cast<UScriptCode>(script)) != 0;
  });
}

bool MosesTokenizer::is_letter_or_digit(char32_t c) const {
  return is_letter(c) || (is_alphanumeric(c) && !is_alphabetic(c));
}

/// All but letters, digits and the marks with rules of their own stand apart.
std::u32string MosesTokenizer::separate_marks(const std::u32string& text) const {
  return set_apart(
      text, [this](char32_t c) { return !contains(U".'`,-", c) && !is_letter_or_digit(c) && !is_python_space(c); });
}

/// "rich-text" → "rich @-@ text".
std::u32string MosesTokenizer::separate_dashes(const std::u32string& text) const {
  std::u32string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool within = text[i] == '-' && i > 0 && i + 1 < text.size() && is_letter_or_digit(text[i - 1]) &&
                        is_letter_or_digit(text[i + 1]);
    within ? out.append(U" @-@ ") : out.append(1, text[i]);
  }
  return out;
}

std::u32string MosesTokenizer::separate_apostrophes(std::u32string text) const {
  if (options_.language == "en") return separate_english_apostrophes(std::move(text));
  if (options_.language == "fr" || options_.language == "it") return separate_elisions(std::move(text));
  return set_apart(text, [](char32_t c) { return c == '\''; });
}

/// "don't" → "don 't", and any other apostrophe stands alone.
std::u32string MosesTokenizer::separate_english_apostrophes(std::u32string text) const {
  const Is letter = [this](char32_t c) { return is_letter(c); }, other = std::not_fn(letter);
  const Is neither = [this](char32_t c) { return !is_letter(c) && !is_number(c); };
  text = replace_apostrophes(text, other, other, U" ' ");
  text = replace_apostrophes(text, neither, letter, U" ' ");
  text = replace_apostrophes(text, letter, other, U" ' ");
  text = replace_apostrophes(text, letter, letter, U" '");
  return replace_apostrophes(
      text, is_number, [](char32_t c) { return c == 's'; }, U" '");
}

/// "l'homme" → "l' homme", and any other apostrophe stands alone.
std::u32string MosesTokenizer::separate_elisions(std::u32string text) const {
  const Is letter = [this](char32_t c) { return is_letter(c); }, other = std::not_fn(letter);
  text = replace_apostrophes(text, other, other, U" ' ");
  text = replace_apostrophes(text, other, letter, U" ' ");
  text = replace_apostrophes(text, letter, other, U" ' ");
  return replace_apostrophes(text, letter, letter, U"' ");
}

/// Whether the period at the end of a word belongs to it; `next` is the word that follows or empty.
bool MosesTokenizer::keeps_period(const std::u32string& word, const std::u32string& next) const {
  const auto prefix = std::u32string_view(word).substr(0, word.size() - 1);
  const auto letter = [this](char32_t c) { return is_letter(c); };
  if (contains(prefix, U'.') && std::any_of(prefix.begin(), prefix.end(), letter)) return true;
  const std::string name = to_utf8(prefix);
  if (abbreviations_.always.contains(name)) return true;
  if (next.empty()) return false;
  return is_lowercase(next[0]) || (abbreviations_.before_number.contains(name) && is_ascii_digit(next[0]));
}

std::u32string MosesTokenizer::separate_periods(const std::u32string& text) const {
  const std::vector<std::u32string> words = words_of(text);
  std::u32string out;
  for (size_t i = 0; i < words.size(); ++i) {
    std::u32string word = words[i];
    const std::u32string next = i + 1 < words.size() ? words[i + 1] : U"";
    if (word.size() > 1 && word.ends_with('.') && !keeps_period(word, next)) word.insert(word.size() - 1, 1, U' ');
    if (!out.empty()) out.push_back(' ');
    out += word;
  }
  if (out.ends_with(U".'")) out.replace(out.size() - 2, 2, U" . '");
  return out;
}

std::string MosesTokenizer::tokenize(std::string_view line) const {
  std::u32string text = code_points(single_spaced(line));
  std::erase_if(text, [](char32_t c) { return c < 0x20; });
  text = separate_marks(text);
  if (options_.dash_splits) text = separate_dashes(text);
  text = separate_apostrophes(separate_commas(separate_ellipses(text)));
  text = separate_periods(text);
  std::replace(text.begin(), text.end(), kEllipsisDot, U'.');
  const std::string tokens = single_spaced(to_utf8(text));
  return options_.escape ? escaped(tokens) : tokens;
}

}  // namespace rotor
