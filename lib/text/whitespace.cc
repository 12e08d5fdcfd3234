#include "text/whitespace.h"

namespace rotor {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

bool is_python_space(char32_t c) {
  if (c <= 0x20) return c == 0x20 || (c >= 0x09 && c <= 0x0D) || c >= 0x1C;
  if (c < 0x1680) return c == 0x85 || c == 0xA0;
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// The widest ones take three bytes (U+3000).
size_t space_length(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) -> char32_t { return static_cast<unsigned char>(text[i + k]); };
  if (byte(0) < 0x80) return is_python_space(byte(0)) ? 1 : 0;
  if (byte(0) == 0xC2 && text.size() - i >= 2) return is_python_space(byte(1)) ? 2 : 0;
  if ((byte(0) & 0xF0) == 0xE0 && text.size() - i >= 3) {
    return is_python_space((byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)) ? 3 : 0;
  }
  return 0;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  words.reserve(text.size() / 4);
  for_each_word(text, [&words](std::string_view word) { words.push_back(word); });
  return words;
}

std::string single_spaced(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::string_view word : split_words(text)) {
    if (!out.empty()) out.push_back(' ');
    out.append(word);
  }
  return out;
}

std::string_view strip_right(std::string_view text) {
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && is_continuation(text[last])) --last;
    const size_t length = space_length(text, last);
    if (length == 0 || last + length != text.size()) break;
    text.remove_suffix(length);
  }
  return text;
}

}  // namespace rotor
