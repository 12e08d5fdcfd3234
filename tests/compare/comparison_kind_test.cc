#include "compare/comparison_kind.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(ComparisonKinds, AreFoundByTheTaskOfACorpus) {
  EXPECT_EQ(comparison_kind(kTranslation).task, std::string(kTranslation));
  EXPECT_EQ(comparison_kind(kSentencePrediction).task, std::string(kSentencePrediction));
  EXPECT_EQ(comparison_kind(kSentenceRanking).task, std::string(kSentenceRanking));
  EXPECT_EQ(comparison_kind(kLanguageModeling).task, std::string(kLanguageModeling));
  EXPECT_TRUE(says(message_of<Error>([] { comparison_kind("juggling"); }), "can be compared, got one of juggling"));
}

}  // namespace
}  // namespace rotor
