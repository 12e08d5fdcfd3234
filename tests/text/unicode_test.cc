#include "text/unicode.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(Unicode, ReadsAndWritesCodePoints) {
  const std::string text = "a\u00e9\u20ac\U0001F600";
  EXPECT_EQ(code_points(text), U"a\u00e9\u20ac\U0001F600");
  std::string written;
  for (char32_t c : code_points(text)) append_utf8(written, c);
  EXPECT_EQ(written, text);
}

TEST(Unicode, ReadsMalformedBytesAsReplacements) {
  EXPECT_EQ(code_points("a\xFFz\xE2\x82"), U"a\uFFFDz\uFFFD");
}

TEST(Unicode, LowersAsPython) {
  EXPECT_EQ(lowercase("ABC xyz [@"), "abc xyz [@");
  EXPECT_EQ(lowercase("STRA\u1E9EE \u0130I"), "stra\u00DFe i\u0307i");
  EXPECT_EQ(lowercase("\u039F\u03A3 \u03A3\u039F\u03A3\u0391"), "\u03BF\u03C2 \u03C3\u03BF\u03C3\u03B1");
}

}  // namespace
}  // namespace rotor
