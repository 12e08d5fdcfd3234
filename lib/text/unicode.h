// Unicode text beyond bytes: code points, classes, case and canonical decomposition, by ICU. Malformed UTF-8 reads as
// U+FFFD.
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

/// Whether a code point has Unicode's general category Mn, a mark that takes no room of its own.
bool is_nonspacing_mark(char32_t code_point);

/// Whether a code point is a control or format character, or of private use: the general category Cc, Cf or Co.
/// Unassigned code points (Cn) are not, so that the answer does not change when Unicode assigns them to letters.
bool is_control(char32_t code_point);

/// Whether a code point has Unicode's property White_Space.
bool is_space(char32_t code_point);

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

/// A text whose characters are each in lower case by themselves, whatever stands beside them: as above, but a sigma is
/// "σ" at the end of a word too.
std::u32string lowercase_each(std::u32string_view code_points);

/// A text in Unicode's normalization form D: "é" becomes "e" and U+0301, a syllable of Hangul its letters.
std::u32string decomposed(std::u32string_view code_points);

}  // namespace rotor
