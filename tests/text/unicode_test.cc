#include "text/unicode.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

using namespace std::string_view_literals;

TEST(Unicode, ReadsAndWritesCodePoints) {
  const std::string text = "a\u00e9\u20ac\U0001F600";
  EXPECT_EQ(code_points(text), U"a\u00e9\u20ac\U0001F600");
  EXPECT_EQ(to_utf8(code_points(text)), text);
}

TEST(Unicode, ReadsMalformedBytesAsReplacements) {
  EXPECT_EQ(code_points("a\xFFz\xE2\x82"), U"a\uFFFDz\uFFFD");
}

TEST(Unicode, KnowsNumbersPunctuationAndSymbols) {
  for (char32_t c : U"5\u00BD\u0663\u2167"sv) EXPECT_TRUE(is_number(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U".-_\u00AB\u3002"sv) EXPECT_TRUE(is_punctuation(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"+$^\u20AC\U0001F600"sv) EXPECT_TRUE(is_symbol(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"a \u00E9\u4E16"sv) EXPECT_FALSE(is_number(c) || is_punctuation(c) || is_symbol(c));
}

TEST(Unicode, KnowsMarksControlsAndSpaces) {
  for (char32_t c : U"\u0301\u05B0\u0E31\uFE0F"sv) EXPECT_TRUE(is_nonspacing_mark(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"a\u0903\u20DD"sv) EXPECT_FALSE(is_nonspacing_mark(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"\0\t\u0085\u00AD\u200D\uFEFF\uE000"sv) EXPECT_TRUE(is_control(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"a \u0301\u0378\uFFFD"sv) EXPECT_FALSE(is_control(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U" \n\u0085\u00A0\u2028\u3000"sv) EXPECT_TRUE(is_space(c)) << static_cast<uint32_t>(c);
  for (char32_t c : U"a\u200B\u180E"sv) EXPECT_FALSE(is_space(c)) << static_cast<uint32_t>(c);
}

TEST(Unicode, KnowsBlankText) {
  for (const char* text : {"", " \t", "\u00a0\u3000\u2003"}) EXPECT_TRUE(is_blank(text));
  for (const char* text : {"a", "  .", "\u200b", "\xff"}) EXPECT_FALSE(is_blank(text));
}

TEST(Unicode, LowersAsPython) {
  EXPECT_EQ(lowercase("ABC xyz [@"), "abc xyz [@");
  EXPECT_EQ(lowercase("STRA\u1E9EE \u0130I"), "stra\u00DFe i\u0307i");
  EXPECT_EQ(lowercase("\u039F\u03A3 \u03A3\u039F\u03A3\u0391"), "\u03BF\u03C2 \u03C3\u03BF\u03C3\u03B1");
}

TEST(Unicode, LowersCharactersEachByItself) {
  EXPECT_EQ(lowercase_each(U"AB z[@"), U"ab z[@");
  EXPECT_EQ(lowercase_each(U"\u1E9E\u0130I \u039F\u03A3 \U00010400"), U"\u00DFi\u0307i \u03BF\u03C3 \U00010428");
}

TEST(Unicode, Decomposes) {
  EXPECT_EQ(decomposed(U"abc"), U"abc");
  EXPECT_EQ(decomposed(U"\u00E9\u1EAD\u212B"), U"e\u0301a\u0323\u0302A\u030A");
  EXPECT_EQ(decomposed(U"a\u0301\u0323"), U"a\u0323\u0301") << "marks in their canonical order";
  EXPECT_EQ(decomposed(U"\uD55C\U0002F800\uFB01"), U"\u1112\u1161\u11AB\u4E3D\uFB01") << "no compatibility";
}

}  // namespace
}  // namespace rotor
