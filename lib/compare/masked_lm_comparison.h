// Comparisons of masked language models: the loss and the accuracy of the hidden tokens of a split, which are the same
// for all models. A run's folder holds
//   test.json       the scores and the speed, as rotor-evaluate --stats writes them
//   test.parts.csv  the losses of the samples
#pragma once

#include "compare/text_comparison.h"

namespace rotor {

class MaskedLmComparison : public TextComparison {
 public:
  /// Opens the split. The plan outlives the object.
  explicit MaskedLmComparison(const Plan& plan) : TextComparison(plan) {}

  std::pair<std::string, nlohmann::ordered_json> settings() const override;
  std::vector<std::string> results(const PlannedRun& run) const override;
  void test(const PlannedRun& run, Tests tests, const RunCommands& commands) const override;
  void time(const PlannedRun& run, const RunCommands& commands) const override { test(run, Tests::kAll, commands); }
  std::vector<ScoredTest> read(const PlannedRun& run) const override;
  std::vector<Measure> measures() const override;
  KindTexts texts() const override;
  void add_lengths(const Comparison& /*comparison*/, Page& /*page*/) const override {}
};

void check_masked_lm_comparison(const CompareOptions& options, const TrainingOptions& training);
std::unique_ptr<ComparisonKind> make_masked_lm_comparison(const Plan& plan);

}  // namespace rotor
