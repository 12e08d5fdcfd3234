#include "compare/text_comparison.h"

#include <gtest/gtest.h>

#include "compare/compared.h"

namespace rotor {
namespace {

/// What the base class alone makes of a plan.
class Bare : public TextComparison {
 public:
  explicit Bare(const Plan& plan) : TextComparison(plan) {}
  std::vector<std::string> results(const PlannedRun&) const override { return {}; }
  void test(const PlannedRun&, Tests, const RunCommands&) const override {}
  void time(const PlannedRun&, const RunCommands&) const override {}
  std::vector<ScoredTest> read(const PlannedRun&) const override { return {}; }
  std::vector<Measure> measures() const override {
    return {loss_measure("bits a sign"), perplexity_measure(), best_validation_measure()};
  }
  KindTexts texts() const override { return {}; }
  void add_lengths(const Comparison&, Page&) const override {}
};

TEST(TextComparison, DescribesTheTextAndMeasuresItsLoss) {
  const ComparedFolder folder;
  const Plan plan(folder.language_models("sinusoidal"), ComparedFolder::language_model_training());
  const Bare kind(plan);
  EXPECT_TRUE(says(kind.describe_corpus(), "Corpus: en, text of 240 training and 240 validation tokens, a vocabulary"));
  ScoredRun run{"sinusoidal", 1, {}, {}};
  Statistics losses(2, 2);
  set_loss(losses, 0, 12, 3);
  set_loss(losses, 1, 3, 2);
  run.tests.push_back({{losses}});
  run.result.training.validations = {{10, 1, 5, 5}, {20, 2, 4, 4}};
  const std::vector<Measure> measures = kind.measures();
  EXPECT_NEAR(measures[0].of(run), 3, 1e-12);
  EXPECT_NEAR(measures[1].of(run), 8, 1e-12);
  EXPECT_EQ(measures[2].of(run), 4);
  EXPECT_EQ(measures[0].figure_label, "loss (bits a sign)");
  EXPECT_NEAR(measures[0].tested->of_seeds({&run.tests[0]}), 3, 1e-12);
}

}  // namespace
}  // namespace rotor
