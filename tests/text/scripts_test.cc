#include "text/scripts.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(Scripts, KnowsTheScriptsOfLanguages) {
  EXPECT_EQ(Scripts("de").share("Über Größe"), 1);
  EXPECT_EQ(Scripts("en_US").share("size"), 1);
  EXPECT_EQ(Scripts("ru").share("Размер"), 1);
  EXPECT_EQ(Scripts("zh").share("大小"), 1);
  EXPECT_EQ(Scripts("ko").share("크기 大"), 1);
  EXPECT_EQ(Scripts("ja").share("サイズの大きさ"), 1);
  EXPECT_EQ(Scripts("ru").share("Size"), 0);
  EXPECT_EQ(Scripts("zh").share("サイズ"), 0);
}

TEST(Scripts, TakesTheScriptThatANameSays) {
  EXPECT_EQ(Scripts("sr").share("Величина"), 1);
  EXPECT_EQ(Scripts("sr_Latn").share("Veličina"), 1);
  EXPECT_EQ(Scripts("sr_Latn").share("Величина"), 0);
}

TEST(Scripts, CountsLettersOnly) {
  EXPECT_DOUBLE_EQ(Scripts("de").share("abc вгд, 12 + 34!"), 0.5);
  EXPECT_EQ(Scripts("de").share("12 + 34 = 46!"), 1);
  EXPECT_EQ(Scripts("de").share(""), 1);
  EXPECT_EQ(Scripts("ja").share("ラーメン"), 1);  // the long mark is of no script
}

TEST(Scripts, NamesALanguageItDoesNotKnow) {
  EXPECT_TRUE(says(message_of<Error>([] { Scripts("nonsense"); }), "nonsense", "sr_Latn"));
}

}  // namespace
}  // namespace rotor
