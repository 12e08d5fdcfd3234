// Comparisons of models of whole sentences: the metrics of what they predict of the rows of a split. A run's model is
// the checkpoint of the best validation, with --learning-rates the best of all of its trainings. Models are tested on
// the split test, or, where the corpus has none with labels, on the validation rows by which they were chosen, which
// the report says. A run's folder holds
//   test.json  the scores and the speed, as rotor-evaluate --stats writes them
//   test.tsv   what is predicted of each row
#pragma once

#include "compare/corpus_comparison.h"

namespace rotor {

class PredictionComparison : public CorpusComparison {
 public:
  /// Opens the split, whose rows must have labels. The plan outlives the object.
  explicit PredictionComparison(const Plan& plan);

  std::vector<std::filesystem::path> checkpoints(const std::filesystem::path& folder,
                                                 const CompareOptions& options) const override;
  std::string describe_corpus() const override;
  std::vector<std::string> results(const PlannedRun& run) const override;
  void test(const PlannedRun& run, Tests tests, const RunCommands& commands) const override;
  void time(const PlannedRun& run, const RunCommands& commands) const override { test(run, Tests::kAll, commands); }
  std::vector<ScoredTest> read(const PlannedRun& run) const override;
  std::vector<Measure> measures() const override;
  KindTexts texts() const override;
  void add_lengths(const Comparison& /*comparison*/, Page& /*page*/) const override {}

 private:
  /// The metrics of the corpus's predictions; the first is the one by which models are chosen, unless that is the loss.
  std::vector<std::string> metrics() const;
  /// The model that each entry starts from, in sentences.
  std::string starts() const;
  const std::string& deciding() const { return plan().common().trainer.checkpoints.best_checkpoint_metric; }

  int64_t choices_;  ///< classes, or candidates; 0: numbers are predicted
};

/// Not given, --best-checkpoint-metric is the main one of what the corpus's labels are, --gen-subset is valid if there
/// is no test with labels, and checkpoints of epochs, which no model is made of, are not written.
void fit_prediction_comparison(CompareOptions& options, TrainingOptions& training, const CommandLine& given);

void check_prediction_comparison(const CompareOptions& options, const TrainingOptions& training);
std::unique_ptr<ComparisonKind> make_prediction_comparison(const Plan& plan);

}  // namespace rotor
