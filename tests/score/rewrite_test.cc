#include "score/rewrite.h"

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

TEST(ReplaceAll, GoesOnBehindWhatItWrote) {
  const auto replaced = [](std::string text, std::string_view from, std::string_view to) {
    replace_all(text, from, to);
    return text;
  };
  EXPECT_EQ(replaced("aXbXX", "X", "XX"), "aXXbXXXX");
  EXPECT_EQ(replaced("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replaced("abc", "x", "y"), "abc");
  EXPECT_EQ(replaced("-abc-", "-", ""), "abc");
  EXPECT_EQ(replaced("", "x", "y"), "");
}

TEST(UnescapeEntities, TakesTheFourOfMtevalInItsOrder) {
  std::string text = "&quot;a&quot; &amp; &lt;b&gt; &apos;";
  unescape_entities(text);
  EXPECT_EQ(text, "\"a\" & <b> &apos;");
  text = "&amp;lt; &amp;quot;";
  unescape_entities(text);
  EXPECT_EQ(text, "< &quot;") << "&amp; comes before &lt;, after &quot;";
}

TEST(SeparateSymbols, SetsAsciiSymbolsApartButFour) {
  for (char c = '!'; c <= '~'; ++c) {
    const bool stays =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("',-.").find(c) != std::string_view::npos;
    const std::string alone(1, c), apart = " " + alone + " ";
    EXPECT_EQ(separate_symbols(alone), stays ? alone : apart);
  }
  EXPECT_EQ(separate_symbols("ä–中"), "ä–中");
}

TEST(SeparateStops, LeavesNumbersWhole) {
  EXPECT_EQ(separate_stops("1,000.5"), "1,000.5");
  EXPECT_EQ(separate_stops("end."), "end  .  ");
  EXPECT_EQ(separate_stops("a,b"), "a  ,  b");
  EXPECT_EQ(separate_stops("5."), "5.") << "nothing follows it";
  EXPECT_EQ(separate_stops("5. a"), "5 .  a");
  EXPECT_EQ(separate_stops("1-2 a-b"), "1 - 2 a-b");
  EXPECT_EQ(separate_stops("plain"), "plain");
}

}  // namespace
}  // namespace rotor
