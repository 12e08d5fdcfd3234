#include "text/whitespace.h"

#include <gtest/gtest.h>

#include <set>

namespace rotor {
namespace {

using Words = std::vector<std::string_view>;

TEST(Whitespace, IsExactlyPythons) {
  // ''.join(chr(i) for i in range(0x110000) if chr(i).isspace()), Python 3.11
  const std::set<char32_t> python = {0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x1C,   0x1D,   0x1E,   0x1F,   0x20,
                                     0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
                                     0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  for (char32_t c = 0; c < 0x110000; ++c) ASSERT_EQ(is_python_space(c), python.contains(c)) << static_cast<uint32_t>(c);
}

TEST(Whitespace, SplitsAtSpacesOfEveryWidth) {
  EXPECT_EQ(split_words(" a\tbc\u00a0d\u2009\u3000e"), (Words{"a", "bc", "d", "e"}));
  EXPECT_EQ(split_words("a\u200bb\ufeffc"), (Words{"a\u200bb\ufeffc"}));
  EXPECT_EQ(split_words(" \u2028 "), Words{});
  EXPECT_EQ(split_words(""), Words{});
}

TEST(Whitespace, BecomesSingleSpaces) {
  EXPECT_EQ(single_spaced("\u3000a  b\t\u00a0c "), "a b c");
  EXPECT_EQ(single_spaced(" "), "");
}

TEST(Whitespace, IsNotSeenInsideOtherCharacters) {
  EXPECT_EQ(split_words("\u0105\u4085"), (Words{"\u0105\u4085"}));  // both hold a byte 0x85
  EXPECT_EQ(strip_right("\u0105"), "\u0105");
}

TEST(Whitespace, IsStrippedAtTheEndOnly) {
  EXPECT_EQ(strip_right(" a b\u3000\u00a0\r\n"), " a b");
  EXPECT_EQ(strip_right("\u3000\u00a0 "), "");
}

TEST(Whitespace, StaysInBoundsOnCutCharacters) {
  EXPECT_EQ(split_words("a\xE3\x80"), Words{"a\xE3\x80"});
  EXPECT_EQ(split_words("a\xC2"), Words{"a\xC2"});
  EXPECT_EQ(strip_right("\x80\x80"), "\x80\x80");
}

}  // namespace
}  // namespace rotor
