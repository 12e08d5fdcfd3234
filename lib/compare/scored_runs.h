// The numbers behind a comparison's tables: every finished run with the statistics of its translations, grouped by
// entry, and the results computed from them: means over seeds, scores of subsets, losses at equal updates and time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/plan.h"
#include "compare/run_result.h"
#include "compare/test_sets.h"
#include "score/significance.h"

namespace rotor {

/// Statistics of one run's translations of one test set.
struct ScoredTest {
  Statistics bleu, chrf;            ///< one row for each sentence
  std::vector<double> nats = {};    ///< −log-probability of each reference; empty where it was not computed
  std::vector<double> tokens = {};  ///< tokens of each reference, </s> included
};

struct ScoredRun {
  std::string label;
  int64_t seed = 1;
  RunResult result;
  std::vector<ScoredTest> tests;  ///< one for each test set

  double bleu() const;  ///< BLEU of the whole first test set
  double chrf() const;
};

/// Reads a finished run and counts its translations. A file that does not fit its test set is an Error.
ScoredRun score_run(const PlannedRun& run, const std::vector<TestSet>& tests, bool with_losses);

/// The runs of one label, in the order of their seeds.
struct Group {
  std::string label;
  std::vector<ScoredRun> runs;

  /// One number from each run.
  template <typename Number>
  std::vector<double> each(Number number) const {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const ScoredRun& run : runs) values.push_back(static_cast<double>(number(run)));
    return values;
  }
};

/// BLEU of some sentences, a list of numbers for each test set, with the translations of all runs of the group as one
/// corpus; NaN if there are none.
double pooled_bleu(const Group& group, const std::vector<std::vector<size_t>>& sentences);

/// Bits for each reference token of these sentences.
double pooled_loss(const Group& group, const std::vector<std::vector<size_t>>& sentences);

struct PValues {
  double bleu, chrf;
};

/// The paired bootstrap of two groups on the first test set: a sentence's statistics are summed over the seeds that
/// both groups have, and sentences are resampled. The result is empty if they share no seed.
std::optional<PValues> significance(const Group& baseline, const Group& system, const Resamples& resamples);

/// Validation loss (bits a token) at an update, interpolated linearly between validations; NaN outside them.
double loss_at(const TrainingLog& log, double update);

/// The last update, and the longest training time in seconds, that every run reached with a validation.
struct CommonEnd {
  int64_t update = 0;
  double seconds = 0;
};
CommonEnd common_end(const std::vector<Group>& groups);

}  // namespace rotor
