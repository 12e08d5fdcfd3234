// Comparisons of language models: the loss on a split of the corpus, in samples as long as those of the training, and
// in longer ones if lengths are tested that training has not seen. A run's folder holds of each length (the first is
// called test, the others test-2x …)
//   <test>.json       the scores and the speed, as rotor-evaluate --stats writes them
//   <test>.parts.csv  the losses of the documents, where there are enough to resample, or else of the samples
//   <test>.positions.csv  the losses by position in a sample
#pragma once

#include "compare/text_comparison.h"

namespace rotor {

/// A length of samples with which models are evaluated.
struct EvaluatedLength {
  std::string name;      ///< name of its files: "test", "test-2x" …
  int64_t multiple = 1;  ///< how many times as long as the samples of the training
  int64_t tokens = 0;    ///< tokens of a sample
};

class LanguageModelComparison : public TextComparison {
 public:
  /// Opens the split. The plan outlives the object.
  explicit LanguageModelComparison(const Plan& plan);

  std::pair<std::string, nlohmann::ordered_json> settings() const override;
  std::vector<std::string> results(const PlannedRun& run) const override;
  void test(const PlannedRun& run, Tests tests, const RunCommands& commands) const override;
  void time(const PlannedRun& run, const RunCommands& commands) const override;
  std::vector<ScoredTest> read(const PlannedRun& run) const override;
  std::vector<Measure> measures() const override;
  KindTexts texts() const override;
  void add_lengths(const Comparison& comparison, Page& page) const override;

 private:
  void evaluate(const PlannedRun& run, const EvaluatedLength& length, const RunCommands& commands) const;
  static std::vector<std::string> results_of(const EvaluatedLength& length);
  ScoredTest read_test(const PlannedRun& run, const EvaluatedLength& length) const;
  /// Whether the run's encoding has positions enough; the first length is served by all, or their training fails.
  bool serves(const PlannedRun& run, const EvaluatedLength& length) const;
  bool resamples_documents() const;
  const std::string& break_mode() const { return plan().common().batches.sample_break_mode; }

  std::vector<EvaluatedLength> lengths_;
};

/// A UsageError if lengths cannot be tested, or a context leaves no token to a sample.
void check_language_model_comparison(const CompareOptions& options, const TrainingOptions& training);

std::unique_ptr<ComparisonKind> make_language_model_comparison(const Plan& plan);

}  // namespace rotor
