// The numbers behind a comparison's tables: every finished run with the statistics of its tests, grouped by entry, and
// the results computed from them: means over seeds, scores of subsets, losses at equal updates and time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/run_result.h"
#include "compare/sampled_score.h"

namespace rotor {

struct ScoredRun {
  std::string label;
  int64_t seed = 1;
  RunResult result;
  std::vector<ScoredTest> tests;  ///< the first is that of the report's tables
};

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

/// The score of some segments, a list of numbers for each test, with the results of all runs of the group as one
/// corpus; NaN if there are none.
double pooled_score(const Group& group, const CountedScore& score, const std::vector<std::vector<size_t>>& segments);

/// The two-sided p-value of the paired bootstrap of two groups on the first test: its segments are resampled, and a
/// resample's score is of all seeds that both groups have. Equal scores have the p-value 1. The result is empty if the
/// groups share no seed, or had other segments.
std::optional<double> significance(const Group& baseline, const Group& system, const SampledScore& score,
                                   const Resamples& resamples);

/// The interval that holds 95 % of the scores of resamples of the first test, of all seeds of the group.
Percentiles interval(const Group& group, const SampledScore& score, const Resamples& resamples);

/// Validation loss (bits a token) at an update, interpolated linearly between validations; NaN outside them.
double loss_at(const TrainingLog& log, double update);

/// The update that a training had reached after so many seconds, at most that of its last validation.
double update_at(const TrainingLog& log, double seconds);

/// The last update, and the longest training time in seconds, that every run reached with a validation.
struct CommonEnd {
  int64_t update = 0;
  double seconds = 0;
};
CommonEnd common_end(const std::vector<Group>& groups);

}  // namespace rotor
