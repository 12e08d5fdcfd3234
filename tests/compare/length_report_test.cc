#include "compare/length_report.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

/// A test of three sources of 2, 3 and 6 words, and their loss as every score.
class Lengths : public testing::Test {
 protected:
  Lengths() {
    fake_.comparison.groups = {{"sinusoidal", {FakeKind::run("sinusoidal", 1, {2, 4, 9})}},
                               {"rope", {FakeKind::run("rope", 1, {1, 1, 1})}}};
  }

  std::string table(const std::string& name) const {
    for (const auto& block : page_.blocks) {
      const auto* found = std::get_if<Table>(&block);
      if (found != nullptr && found->name == name) return csv(*found);
    }
    return "";
  }

  FakeComparison fake_;
  TokenLoss loss_;
  LengthScores scores_{{&loss_, 0}, {&loss_, 0}};
  std::vector<TestSet> tests_ = {{"test", 1, "", "", {"a b", "a b c", "a b c d e f"}, {}}};
  Page page_;
};

TEST_F(Lengths, AreBucketsOfTheSourcesWithAScoreEach) {
  add_lengths(fake_.comparison, tests_, scores_, page_);
  EXPECT_EQ(table("bleu_by_length"), "encoding,up to 4,5-8\nsentences,2,1\nsinusoidal,3.00,9.00\nrope,1.00,1.00\n");
}

TEST_F(Lengths, OfFewSentencesAreLeftOutOfTheFigureIfOthersHaveEnough) {
  const auto caption = [&](size_t of_two, size_t of_six) {
    tests_[0].sources = {"a b c d e f g h i"};
    tests_[0].sources.insert(tests_[0].sources.end(), of_two, "a b");
    tests_[0].sources.insert(tests_[0].sources.end(), of_six, "a b c d e f");
    const std::vector<double> losses(tests_[0].sources.size(), 1);
    fake_.comparison.groups = {{"sinusoidal", {FakeKind::run("sinusoidal", 1, losses)}}};
    Page page;
    add_lengths(fake_.comparison, tests_, scores_, page);
    return std::get<Figure>(page.blocks.at(1)).caption;
  };
  EXPECT_TRUE(says(caption(10, 10), "bucket's sources. Buckets of fewer than 10 sentences are in the table only."));
  EXPECT_TRUE(caption(10, 9).ends_with("bucket's sources.")) << "all are shown";
}

TEST_F(Lengths, ThatTrainingHasNotSeenAreTestedOnJoinedSentences) {
  CompareOptions options = fake_.plan.options();
  options.extrapolate = 3;
  const Plan plan(options, fake_.plan.common());
  Comparison comparison{plan, fake_.kind, fake_.comparison.groups, {}, "", {}};
  tests_.push_back({"joined-2", 2, "", "", {"a b a b c"}, {}});
  for (Group& group : comparison.groups) group.runs[0].tests.push_back(FakeKind::run("", 1, {5}).tests[0]);
  add_extrapolation(comparison, tests_, scores_, page_);
  EXPECT_EQ(table("extrapolation"),
            "encoding,\"BLEU, single, up to 3 words\",\"bits, single, up to 3 words\",\"BLEU, single, over 3 words\","
            "\"bits, single, over 3 words\",\"BLEU, 2 joined\",\"bits, 2 joined\"\nsentences,2,2,1,1,1,1\n"
            "sinusoidal,3.00,3.000,9.00,9.000,5.00,5.000\nrope,1.00,1.000,1.00,1.000,5.00,5.000\n");
  EXPECT_TRUE(says(table("extrapolation_loss"), "encoding,up to 3,5-8\nsentences,2,2\nsinusoidal,3.000,7.000\n"));
}

}  // namespace
}  // namespace rotor
