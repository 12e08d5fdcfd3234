#include "text/spacing.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

bool both_letters(char a, char b) {
  return a == 'a' && b == 'b';
}

TEST(SpacePairs, WritesAPairAsThePatternSaysFromLeftToRightWithoutOverlap) {
  EXPECT_EQ(space_pairs(std::string("xabab"), "1 2 ", both_letters), "xa b a b ");
  EXPECT_EQ(space_pairs(std::string("xabab"), " 1 2", both_letters), "x a b a b");
  const auto same = [](char a, char b) { return a == b; };
  EXPECT_EQ(space_pairs(std::string("aaa"), "1 2", same), "a aa") << "the second a belongs to the first pair";
  EXPECT_EQ(space_pairs(std::string("b"), "1 2", both_letters), "b");
  EXPECT_EQ(space_pairs(std::string(), "1 2", both_letters), "");
  EXPECT_EQ(space_pairs(std::u32string(U"äb"), "1 2", [](char32_t a, char32_t) { return a == U'ä'; }), U"ä b");
}

TEST(SetApart, PutsASpaceOnEitherSide) {
  const auto is_dash = [](char c) { return c == '-'; };
  EXPECT_EQ(set_apart(std::string("a-b--"), is_dash), "a - b -  - ");
  EXPECT_EQ(set_apart(std::string("ab"), is_dash), "ab");
  EXPECT_EQ(set_apart(std::string(), is_dash), "");
  EXPECT_EQ(set_apart(std::u32string(U"中a"), [](char32_t c) { return c == U'中'; }), U" 中 a");
}

}  // namespace
}  // namespace rotor
