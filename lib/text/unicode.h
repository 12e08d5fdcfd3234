// Unicode text beyond bytes: code points, classes and case, by ICU. Malformed UTF-8 reads as U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace rotor {

std::u32string code_points(std::string_view utf8);
std::string to_utf8(std::u32string_view code_points);

/// Whether a code point has Unicode's general category N, P or S.
bool is_number(char32_t code_point);
bool is_punctuation(char32_t code_point);
bool is_symbol(char32_t code_point);

/// Whether a code point has Unicode's property Alphabetic or Lowercase, or is a letter, a mark within words, or a
/// decimal digit.
bool is_alphabetic(char32_t code_point);
bool is_lowercase(char32_t code_point);
bool is_alphanumeric(char32_t code_point);

/// Whether a text consists of Unicode's White_Space only.
bool is_blank(std::string_view utf8);

/// `utf8` in lower case as Python's str.lower(): full mappings of no particular language ("İ" gives two characters, a
/// sigma at the end of a word is "ς").
std::string lowercase(std::string_view utf8);

}  // namespace rotor
