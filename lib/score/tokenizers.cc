#include "score/tokenizers.h"

#include <algorithm>

#include "base/check.h"
#include "score/rewrite.h"
#include "score/whitespace.h"
#include "text/sentence_pieces.h"
#include "text/unicode.h"

// Each step rewrites the whole segment before the next one starts: their order and what each consumes decide runs such
// as "5...,7".
namespace rotor {
namespace {

struct Interval {
  char32_t first, last;
};

/// What "zh" takes for Chinese. sacreBLEU writes U+20000 … U+2A6D6 and U+2F800 … U+2FA1D so that Python reads four
/// digits only: it really sets U+2001 … U+2A6D and U+2F81 … U+2FA1 apart, and nothing beyond U+FFFF.
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

}  // namespace

std::string tokenize_13a(std::string_view segment) {
  std::string text = " ";
  text.append(segment).push_back(' ');
  if (text.find('<') != std::string::npos) replace_all(text, "<skipped>", "");
  if (text.find('\n') != std::string::npos) {
    replace_all(text, "-\n", "");
    replace_all(text, "\n", " ");
  }
  if (text.find('&') != std::string::npos) unescape_entities(text);
  return separate_stops(separate_symbols(text));
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

const std::vector<std::string>& tokenizer_names() {
  static const std::vector<std::string> names = {"13a", "intl", "zh", "char", "none", "spm"};
  return names;
}

Tokenizer make_tokenizer(const std::string& name, const std::string& spm_model) {
  if (name == "13a") return tokenize_13a;
  if (name == "intl") return tokenize_intl;
  if (name == "zh") return tokenize_zh;
  if (name == "char") return tokenize_char;
  if (name == "none") return [](std::string_view segment) { return std::string(segment); };
  CHECK(name == "spm", "expected a tokeniser among {}, got \"{}\"", fmt::join(tokenizer_names(), ", "), name);
  CHECK(!spm_model.empty(), "expected a SentencePiece model for the tokeniser spm, got none");
  return [pieces = SentencePieces(spm_model)](std::string_view segment) { return join(pieces.split(segment)); };
}

}  // namespace rotor
