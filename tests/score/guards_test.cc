#include "score/guards.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

std::string only(const std::vector<std::string>& warnings) {
  EXPECT_EQ(warnings.size(), 1u);
  return warnings.empty() ? "" : warnings.front();
}

TEST(Guards, SeeSubwordMarks) {
  EXPECT_NE(only(warn_of_subword_marks({"a lo@@ w cat", "fine", "end@@"}, "out")).find("out: 2 of 3 lines"),
            std::string::npos);
  EXPECT_NE(only(warn_of_subword_marks({"▁a ▁cat"}, "out")).find("SentencePiece"), std::string::npos);
  EXPECT_TRUE(warn_of_subword_marks({"write to me@example.org", "a_b", "x @ y"}, "out").empty());
}

TEST(Guards, SeeTokenizedText) {
  const auto periods = warn_of_tokenized_text({"A dog runs .", "A cat sits .", "A cow eats."}, "ref");
  EXPECT_NE(only(periods).find("ref: 2 of 3 final periods"), std::string::npos);
  EXPECT_NE(only(warn_of_tokenized_text({"it &apos;s"}, "ref")).find("&apos;"), std::string::npos);
  EXPECT_NE(only(warn_of_tokenized_text({"a well @-@ known dog"}, "ref")).find("@-@"), std::string::npos);
  EXPECT_TRUE(warn_of_tokenized_text({"A dog runs.", "Oh ...", "Ça va ?", "", "A cat sits ."}, "ref").empty());
  EXPECT_TRUE(warn_of_tokenized_text({"no period"}, "ref").empty());
}

TEST(Guards, SeeABlankEnd) {
  EXPECT_NE(only(warn_of_blank_end({"a", ""}, "ref")).find("last of 2 lines"), std::string::npos);
  EXPECT_TRUE(warn_of_blank_end({"", "a"}, "ref").empty());
}

TEST(Guards, ExplainUnequalLines) {
  EXPECT_NE(explain_unequal_lines(Segments(2737, "x"), Segments(3003, "x")).find("newstest2014"), std::string::npos);
  EXPECT_NE(explain_unequal_lines({"a", ""}, {"a"}).find("hypotheses is blank"), std::string::npos);
  EXPECT_NE(explain_unequal_lines({"a"}, {"a", ""}).find("references is blank"), std::string::npos);
  EXPECT_EQ(explain_unequal_lines({"a", "b"}, {"a"}), "");
}

}  // namespace
}  // namespace rotor
