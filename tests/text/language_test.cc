#include "text/language.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(Language, HasAnEnglishName) {
  EXPECT_EQ(language_name("de"), "German");
  EXPECT_EQ(language_name("pt_BR"), "Portuguese (Brazil)");
  EXPECT_EQ(language_name("zh-Hans"), "Chinese (Simplified)");
  EXPECT_EQ(language_name("xx"), "xx");
  EXPECT_EQ(language_name(""), "");
}

TEST(Language, HasACodeWithoutScriptAndRegion) {
  for (const char* code : {"de", "deu", "de_CH", "de-AT", "deu_Latn"}) EXPECT_EQ(base_language(code), "de") << code;
  EXPECT_EQ(base_language("zh_CN"), "zh");
  EXPECT_EQ(base_language("yue"), "yue");
  for (const char* code : {"", "xx", "german", "_DE", "1", "d e"}) EXPECT_EQ(base_language(code), "") << code;
}

}  // namespace
}  // namespace rotor
