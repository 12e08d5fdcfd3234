// White space as Python's str.split() and str.rstrip() see it (str.isspace: Unicode's White_Space and the separators
// U+001C to U+001F). sacreBLEU cuts segments into words with them, so scores depend on exactly this set.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

bool is_python_space(char32_t code_point);

/// Table of the bytes with which a white-space character may begin.
constexpr std::array<bool, 256> kMayBeginSpace = [] {
  std::array<bool, 256> bytes{};
  for (int c : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0xC2, 0xE1, 0xE2, 0xE3}) bytes[c] = true;
  return bytes;
}();

/// Length in bytes of the white-space character that starts at text[i]; 0 if another character starts there.
size_t space_length(std::string_view text, size_t i);

/// Calls `visit` with each word of UTF-8 `text`: its longest runs without white space, which point into `text`.
template <typename Visit>
void for_each_word(std::string_view text, Visit visit) {
  size_t begin = 0, i = 0;
  while (i < text.size()) {
    const size_t length = kMayBeginSpace[static_cast<unsigned char>(text[i])] ? space_length(text, i) : 0;
    if (length == 0) {
      ++i;
    } else {
      if (i > begin) visit(text.substr(begin, i - begin));
      begin = i += length;
    }
  }
  if (i > begin) visit(text.substr(begin));
}

std::vector<std::string_view> split_words(std::string_view text);

/// The words of UTF-8 `text` with single spaces between.
std::string single_spaced(std::string_view text);

/// UTF-8 `text` without the white space at its end.
std::string_view strip_right(std::string_view text);

}  // namespace rotor
