#include "text/moses_abbreviations.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(MosesAbbreviations, AreThoseOfTheLanguage) {
  const MosesAbbreviations &en = moses_abbreviations("en"), &de = moses_abbreviations("de");
  EXPECT_TRUE(en.always.contains("Mr"));
  EXPECT_TRUE(en.before_number.contains("No"));
  EXPECT_FALSE(en.always.contains("No"));
  EXPECT_TRUE(de.always.contains("usw"));
  EXPECT_FALSE(en.always.contains("usw"));
}

TEST(MosesAbbreviations, HoldRangesOfLettersAndNumbers) {
  const MosesAbbreviations &en = moses_abbreviations("en"), &ru = moses_abbreviations("ru");
  EXPECT_TRUE(en.always.contains("A") && en.always.contains("Q") && en.always.contains("Z"));
  EXPECT_FALSE(en.always.contains("A-Z") || en.always.contains("q"));
  EXPECT_TRUE(ru.always.contains("Ж"));
}

TEST(MosesAbbreviations, OfAnUnknownLanguageAreThoseOfEnglish) {
  EXPECT_EQ(&moses_abbreviations("xx"), &moses_abbreviations("en"));
}

}  // namespace
}  // namespace rotor
