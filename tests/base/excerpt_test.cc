#include "base/excerpt.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(Excerpt, IsAtMostSoManyCharacters) {
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt("läuft", 5), "läuft");
  EXPECT_EQ(excerpt("läuft!", 5), "läuft…");
  EXPECT_EQ(excerpt("漢字", 1), "漢…");
  EXPECT_EQ(excerpt(std::string(61, 'a')), std::string(60, 'a') + "…");
}

TEST(Excerpt, OfBytesThatAreNoTextIsShortToo) {
  EXPECT_EQ(excerpt(std::string(100, '\x80'), 5), std::string(20, '\x80') + "…");
  EXPECT_EQ(excerpt("😀😀", 2), "😀😀");
}

TEST(Excerpt, IsOneLine) {
  EXPECT_EQ(excerpt("a\tb\r\nc\x7f"), "a b  c ");
}

}  // namespace
}  // namespace rotor
