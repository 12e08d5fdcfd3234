// Comparisons of translation models: BLEU and chrF of a test set, by length too, and of sentences joined into longer
// ones if lengths are tested that training has not seen. A run's folder holds
//   <test>.out     its translations of each test set, <test>.json their speed
//   <test>.scores  the references' scores, where lengths are tested
#pragma once

#include "compare/comparison_kind.h"
#include "compare/test_sets.h"
#include "compare/token_loss.h"
#include "data/samples.h"
#include "score/bleu.h"
#include "score/chrf.h"

namespace rotor {

class TranslationComparison : public ComparisonKind {
 public:
  /// Reads the test set. The plan outlives the object.
  explicit TranslationComparison(const Plan& plan);

  std::string command() const override { return "rotor-generate"; }
  std::string describe_corpus() const override;
  void prepare() override;
  nlohmann::ordered_json inputs() const override;
  std::pair<std::string, nlohmann::ordered_json> settings() const override;
  std::vector<std::string> results(const PlannedRun& run) const override;
  void test(const PlannedRun& run, Tests tests, const RunCommands& commands) const override;
  void time(const PlannedRun& run, const RunCommands& commands) const override;
  std::vector<ScoredTest> read(const PlannedRun& run) const override;
  std::vector<Measure> measures() const override;
  KindTexts texts() const override;
  void add_lengths(const Comparison& comparison, Page& page) const override;

 private:
  /// The greatest lengths of sentences in tests, as those of trainings where these are greater than rotor-generate's.
  SampleLengths positions() const;
  void translate(const PlannedRun& run, const TestSet& test, const RunCommands& commands) const;
  void score_references(const PlannedRun& run, const TestSet& test, const RunCommands& commands) const;
  void generate(const PlannedRun& run, const TestSet& test, const std::string& extension,
                const std::vector<std::string>& more, const RunCommands& commands) const;
  ScoredTest read_test(const PlannedRun& run, const TestSet& test) const;
  const CompareOptions& options() const { return plan_.options(); }
  bool tests_lengths() const { return options().extrapolate > 0; }

  const Plan& plan_;
  std::vector<TestSet> tests_;  ///< the test set, and from prepare() on the joined ones
  Bleu bleu_;
  Chrf chrf_;
  TokenLoss loss_;
};

/// A UsageError if the options name no test set, or buckets that are not in order.
void check_translation_comparison(const CompareOptions& options, const TrainingOptions& training);

std::unique_ptr<ComparisonKind> make_translation_comparison(const Plan& plan);

}  // namespace rotor
