#include "score/rewrite.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

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
