// Spaces put between characters by rules on neighbouring characters, as the regular expressions of reference tokenisers
// put them: left to right and without overlap. The functions work on bytes where all characters concerned are ASCII,
// else on code points.
#pragma once

#include <string>
#include <string_view>

namespace rotor {

/// Replaces every pair of neighbours for which `matches(first, second)` by first and second with spaces around either:
/// `pattern` holds "1" and "2" for them, such as "1 2 ".
template <typename Char, typename Matches>
std::basic_string<Char> space_pairs(const std::basic_string<Char>& text, std::string_view pattern, Matches matches) {
  std::basic_string<Char> out(text.size() * pattern.size() / 2 + 1, Char(' '));
  Char* next = out.data();
  size_t i = 0;
  for (; i + 1 < text.size(); ++i) {
    if (matches(text[i], text[i + 1])) {
      for (char c : pattern) *next++ = c == '1' ? text[i] : c == '2' ? text[i + 1] : Char(' ');
      ++i;
    } else {
      *next++ = text[i];
    }
  }
  if (i < text.size()) *next++ = text[i];
  out.resize(static_cast<size_t>(next - out.data()));
  return out;
}

/// Puts a space on either side of every character for which `matches(character)`.
template <typename Char, typename Matches>
std::basic_string<Char> set_apart(const std::basic_string<Char>& text, Matches matches) {
  std::basic_string<Char> out(3 * text.size(), Char(' '));
  Char* next = out.data();
  for (Char c : text) {
    const bool apart = matches(c);
    next += apart;
    *next++ = c;
    next += apart;
  }
  out.resize(static_cast<size_t>(next - out.data()));
  return out;
}

}  // namespace rotor
