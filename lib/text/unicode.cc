#include "text/unicode.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/check.h"

namespace rotor {

namespace {

bool is_ascii(char32_t code_point) {
  return code_point < 0x80;
}

icu::UnicodeString to_icu(std::u32string_view code_points) {
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(code_points.data()),
                                       static_cast<int32_t>(code_points.size()));
}

void append(const icu::UnicodeString& text, std::u32string& code_points) {
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    code_points.push_back(static_cast<char32_t>(text.char32At(i)));
  }
}

}  // namespace

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

bool is_nonspacing_mark(char32_t code_point) {
  return u_charType(static_cast<UChar32>(code_point)) == U_NON_SPACING_MARK;
}

bool is_control(char32_t code_point) {
  constexpr uint32_t kMask = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK;
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & kMask) != 0;
}

bool is_space(char32_t code_point) {
  return u_isUWhiteSpace(static_cast<UChar32>(code_point)) != 0;
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

std::u32string lowercase_each(std::u32string_view code_points) {
  std::u32string lower;
  lower.reserve(code_points.size());
  for (const char32_t point : code_points) {
    if (is_ascii(point)) {
      lower.push_back(point >= U'A' && point <= U'Z' ? point - U'A' + U'a' : point);
    } else {
      append(icu::UnicodeString(static_cast<UChar32>(point)).toLower(icu::Locale::getRoot()), lower);
    }
  }
  return lower;
}

std::u32string decomposed(std::u32string_view code_points) {
  if (std::all_of(code_points.begin(), code_points.end(), is_ascii)) return std::u32string(code_points);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFDInstance(status);
  std::u32string result;
  if (U_SUCCESS(status)) append(form->normalize(to_icu(code_points), status), result);
  ROTOR_CHECK(U_SUCCESS(status), "ICU cannot decompose a text: {}", u_errorName(status));
  return result;
}

}  // namespace rotor
