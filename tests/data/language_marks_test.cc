#include "data/language_marks.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/many_languages.h"

namespace rotor {
namespace {

std::string refusal(const std::string& source, const std::string& target, const Vocabularies& vocabularies) {
  return message_of<UsageError>([&] { language_marks(source, target, vocabularies, "m"); });
}

TEST(LanguageMarks, AreTheTokensOfTheNames) {
  const Vocabularies vocabularies = knowing({"de", "en", "fr"});
  const LanguageMarks marks = language_marks("en", "de", vocabularies, "m");
  EXPECT_EQ(vocabularies.source.piece(marks.source), "__en__");
  EXPECT_EQ(vocabularies.target.piece(marks.target), "__de__");
}

TEST(LanguageMarks, AreNeededByAModelOfSeveralAndRefusedByOthers) {
  const Vocabularies three = knowing({"de", "en", "fr"}), none = knowing({});
  EXPECT_TRUE(says(refusal("en", "", three), "m knows 3 languages", "--target-lang", "got ''", "de, en, fr"));
  EXPECT_TRUE(says(refusal("xx", "de", three), "--source-lang", "'xx'"));
  EXPECT_EQ(language_marks("", "", none, "m").source, -1);
  EXPECT_TRUE(says(refusal("en", "de", none), "has no tokens of languages", "leave out"));
}

TEST(LanguageMarks, NamesThatLookAlikeAreListedFirst) {
  std::vector<std::string> many;
  for (char c = 'a'; c <= 'z'; ++c) many.push_back(std::string("l") + c + "_Latn");
  many.push_back("zho_Hans");
  EXPECT_TRUE(says(refusal("zho", "la_Latn", knowing(many)), "choose one of: zho_Hans, la_Latn", "and 19 more"));
}

}  // namespace
}  // namespace rotor
