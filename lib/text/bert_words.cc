#include "text/bert_words.h"

#include <algorithm>
#include <utility>

#include "text/unicode.h"

namespace rotor {

namespace {

/// Whether a code point is one that BERT takes for Chinese: an ideograph, but no Kana and no Hangul.
bool is_chinese(char32_t c) {
  constexpr std::pair<char32_t, char32_t> kBlocks[] = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF},
                                                       {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B820, 0x2CEAF},
                                                       {0xF900, 0xFAFF},   {0x2F800, 0x2FA1F}};
  return std::any_of(std::begin(kBlocks), std::end(kBlocks),
                     [c](const auto& block) { return c >= block.first && c <= block.second; });
}

/// Whether a code point is a word of its own: Unicode's punctuation, and ASCII's symbols too.
bool parts_words(char32_t c) {
  constexpr char32_t kFirst = '!', kLast = '~';
  const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return (c >= kFirst && c <= kLast && !letter_or_digit) || is_punctuation(c);
}

/// A text without control characters, its white space and what parts Chinese as spaces.
std::u32string cleaned(std::string_view text, bool split_chinese) {
  constexpr char32_t kReplacement = 0xFFFD;
  std::u32string clean;
  clean.reserve(text.size());
  for (const char32_t c : code_points(text)) {
    if (c == U'\t' || c == U'\n' || c == U'\r') {
      clean.push_back(U' ');
    } else if (c == kReplacement || is_control(c)) {
      continue;
    } else if (is_space(c)) {
      clean.push_back(U' ');
    } else if (split_chinese && is_chinese(c)) {
      clean.append({U' ', c, U' '});
    } else {
      clean.push_back(c);
    }
  }
  return clean;
}

}  // namespace

std::vector<std::u32string> bert_words(std::string_view text, const BertWordOptions& options) {
  std::u32string characters = cleaned(text, options.split_chinese);
  if (options.strip_accents) {
    characters = decomposed(characters);
    std::erase_if(characters, is_nonspacing_mark);
  }
  if (options.lower_case) characters = lowercase_each(characters);
  std::vector<std::u32string> words;
  bool open = false;  // whether the next character belongs to the last word
  for (const char32_t c : characters) {
    const bool part = parts_words(c);
    if (is_space(c)) {
      open = false;
      continue;
    }
    if (!open || part) words.emplace_back();
    words.back().push_back(c);
    open = !part;
  }
  return words;
}

}  // namespace rotor
