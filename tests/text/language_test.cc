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

}  // namespace
}  // namespace rotor
