#include "compare/scored_runs.h"

#include <algorithm>
#include <limits>

#include "page/statistics.h"

namespace rotor {

double pooled_score(const Group& group, const CountedScore& score, const std::vector<std::vector<size_t>>& segments) {
  std::vector<double> sums(score.score->width());
  bool any = false;
  for (const ScoredRun& run : group.runs) {
    for (size_t t = 0; t < segments.size(); ++t) {
      const Statistics& statistics = run.tests.at(t).statistics.at(score.statistics);
      for (size_t segment : segments[t]) {
        const auto row = statistics.row(segment);
        for (size_t k = 0; k < sums.size(); ++k) sums[k] += row[k];
        any = true;
      }
    }
  }
  return any ? score.score->score(sums) : kUnknown;
}

std::optional<double> significance(const Group& baseline, const Group& system, const SampledScore& score,
                                   const Resamples& resamples) {
  SeedTests of_baseline, of_system;
  for (const ScoredRun& a : baseline.runs) {
    for (const ScoredRun& b : system.runs) {
      if (a.seed != b.seed) continue;
      for (const auto& [tests, run] : {std::pair{&of_baseline, &a}, {&of_system, &b}}) {
        if (score.segments(run->tests.at(0)) != resamples.segments()) return std::nullopt;
        tests->push_back(&run->tests.at(0));
      }
    }
  }
  if (of_system.empty()) return std::nullopt;
  return two_sided_p_value(score.of_seeds(of_baseline), score.of_seeds(of_system),
                           score.of_resamples(of_baseline, resamples), score.of_resamples(of_system, resamples));
}

Percentiles interval(const Group& group, const SampledScore& score, const Resamples& resamples) {
  SeedTests tests;
  for (const ScoredRun& run : group.runs) tests.push_back(&run.tests.at(0));
  return percentiles_of(score.of_resamples(tests, resamples));
}

double loss_at(const TrainingLog& log, double update) {
  const auto& points = log.validations;
  for (size_t i = 0; i < points.size(); ++i) {
    const auto here = static_cast<double>(points[i].update);
    if (update > here) continue;
    if (update == here) return points[i].nll;
    if (i == 0) return kUnknown;
    const auto before = static_cast<double>(points[i - 1].update);
    const double share = (update - before) / (here - before);
    return points[i - 1].nll + share * (points[i].nll - points[i - 1].nll);
  }
  return kUnknown;
}

double update_at(const TrainingLog& log, double seconds) {
  // Rounding puts the end of the training that sets common_end() behind its last validation now and then.
  return std::min(seconds / log.seconds_per_update, static_cast<double>(log.validations.back().update));
}

CommonEnd common_end(const std::vector<Group>& groups) {
  CommonEnd end{std::numeric_limits<int64_t>::max(), std::numeric_limits<double>::infinity()};
  for (const Group& group : groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      const int64_t last = log.validations.back().update;
      end.update = std::min(end.update, last);
      end.seconds = std::min(end.seconds, static_cast<double>(last) * log.seconds_per_update);
    }
  }
  return end;
}

}  // namespace rotor
