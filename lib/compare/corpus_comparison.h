// Comparisons whose models rotor-evaluate tests on a split of their corpus: what those of texts and of labelled rows
// share.
#pragma once

#include "compare/comparison_kind.h"
#include "data/corpus_folder.h"

namespace rotor {

class CorpusComparison : public ComparisonKind {
 public:
  std::string command() const override { return "rotor-evaluate"; }
  nlohmann::ordered_json inputs() const override;
  std::pair<std::string, nlohmann::ordered_json> settings() const override;

 protected:
  /// Opens the split --gen-subset. The plan outlives the object.
  explicit CorpusComparison(const Plan& plan);

  /// Evaluates a run's model; `more` are the options that the kind adds, and what --stats writes goes to that file.
  void evaluate(const PlannedRun& run, const std::string& stats, const std::vector<std::string>& more,
                const RunCommands& commands) const;

  /// The value of --max-tokens for tests of samples of at most so many tokens: rotor-evaluate's own unless one may be
  /// longer. That of a training would make the speed and the memory of entries differ by more than their models.
  static std::string max_tokens(int64_t longest);

  Corpus open(const std::string& split) const;
  const Corpus& split() const { return split_; }
  const Plan& plan() const { return plan_; }
  const CompareOptions& options() const { return plan_.options(); }

 private:
  const Plan& plan_;
  Corpus split_;
};

}  // namespace rotor
