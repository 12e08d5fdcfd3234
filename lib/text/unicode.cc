#include "text/unicode.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace rotor {

std::u32string code_points(std::string_view utf8) {
  std::u32string points;
  points.reserve(utf8.size());
  const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto size = static_cast<int64_t>(utf8.size());
  for (int64_t i = 0; i < size;) {
    UChar32 point;
    U8_NEXT_OR_FFFD(bytes, i, size, point);
    points.push_back(static_cast<char32_t>(point));
  }
  return points;
}

std::string to_utf8(std::u32string_view code_points) {
  std::string text;
  text.reserve(code_points.size());
  for (char32_t point : code_points) {
    uint8_t bytes[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, point);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  }
  return text;
}

bool is_number(char32_t code_point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & U_GC_N_MASK) != 0;
}

bool is_punctuation(char32_t code_point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & U_GC_P_MASK) != 0;
}

bool is_symbol(char32_t code_point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & U_GC_S_MASK) != 0;
}

bool is_alphabetic(char32_t code_point) {
  return u_isUAlphabetic(static_cast<UChar32>(code_point)) != 0;
}

bool is_lowercase(char32_t code_point) {
  return u_isULowercase(static_cast<UChar32>(code_point)) != 0;
}

bool is_alphanumeric(char32_t code_point) {
  return is_alphabetic(code_point) || u_isdigit(static_cast<UChar32>(code_point)) != 0;
}

bool is_blank(std::string_view utf8) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto size = static_cast<int64_t>(utf8.size());
  for (int64_t i = 0; i < size;) {
    UChar32 point;
    U8_NEXT_OR_FFFD(bytes, i, size, point);
    if (!u_isUWhiteSpace(point)) return false;
  }
  return true;
}

std::string lowercase(std::string_view utf8) {
  std::string lower;
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    for (char c : utf8) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return lower;
  }
  const icu::StringPiece piece(utf8.data(), static_cast<int32_t>(utf8.size()));
  icu::UnicodeString::fromUTF8(piece).toLower(icu::Locale::getRoot()).toUTF8String(lower);
  return lower;
}

}  // namespace rotor
