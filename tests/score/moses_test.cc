#include "score/moses.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "score/golden.h"

namespace rotor {
namespace {

TEST(Moses, AgreesWithSacremosesOnEveryText) {
  const auto golden = read_golden("moses.json");
  ASSERT_GT(golden["texts"].size(), 1500u);
  for (const auto& language : moses_languages()) {
    for (size_t i = 0; i < golden["texts"].size(); ++i) {
      const auto text = golden["texts"][i].get<std::string>();
      EXPECT_EQ(tokenize_moses(text, language), golden[language][i].get<std::string>()) << language << ": " << text;
    }
  }
}

TEST(Moses, SplitsCompoundsAsPerlDoes) {
  const auto golden = read_golden("moses.json");
  for (size_t i = 0; i < golden["de"].size(); ++i) {
    EXPECT_EQ(split_compounds(golden["de"][i].get<std::string>()), golden["compounds"][i].get<std::string>());
  }
  EXPECT_EQ(split_compounds("rich-text format - a-b-c"),
            "rich ##AT##-##AT## text format - a ##AT##-##AT## b-c");  // the b is used up
}

TEST(Moses, KeepsPeriodsOfAbbreviations) {
  EXPECT_EQ(tokenize_moses("Am 3. Mai kam Dr. No z.B. um 5.", "de"), "Am 3. Mai kam Dr. No z.B. um 5.");
  EXPECT_EQ(tokenize_moses("No. 5 is no. Six.", "en"), "No. 5 is no . Six .");
}

TEST(Moses, TakesUnicodesClassesAsPerlDoes) {
  EXPECT_EQ(tokenize_moses("世界 한국어 𝒳", "de"), "世界 한국어 𝒳");  // letters all, unlike in sacremoses's table
  EXPECT_EQ(tokenize_moses("DOTMULTI...", "de"), "DOTMULTI ...");
}

TEST(Moses, RefusesOtherLanguages) {
  EXPECT_THROW(tokenize_moses("a", "fr"), Error);
}

}  // namespace
}  // namespace rotor
