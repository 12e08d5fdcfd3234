#include "compare/scored_runs.h"

#include <algorithm>
#include <limits>

#include "page/statistics.h"

namespace rotor {
namespace {

void add(Statistics& sum, const Statistics& more) {
  for (size_t i = 0; i < sum.segments(); ++i) {
    for (size_t k = 0; k < sum.width(); ++k) sum.row(i)[k] += more.row(i)[k];
  }
}

/// The statistics of both groups' runs with the same seeds, summed over these.
struct Pair {
  std::optional<Statistics> baseline, system;
};
Pair pooled(const Group& baseline, const Group& system, size_t which, size_t segments) {
  Pair pair;
  const auto pool = [](std::optional<Statistics>& sum, const Statistics& more) {
    sum ? add(*sum, more) : void(sum.emplace(more));
  };
  for (const ScoredRun& a : baseline.runs) {
    for (const ScoredRun& b : system.runs) {
      if (a.seed != b.seed) continue;
      const Statistics& of_a = a.tests.at(0).statistics.at(which);
      const Statistics& of_b = b.tests.at(0).statistics.at(which);
      if (of_a.segments() != segments || of_b.segments() != segments) return {};
      pool(pair.baseline, of_a);
      pool(pair.system, of_b);
    }
  }
  return pair;
}

}  // namespace

double CountedScore::of(const ScoredTest& test) const {
  const Statistics& counted = test.statistics.at(statistics);
  return counted.segments() == 0 ? kUnknown : score->score(counted.sum());
}

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

/// The bootstrap's own definition would give equal scores the smallest possible value.
std::optional<double> significance(const Group& baseline, const Group& system, const CountedScore& score,
                                   const Resamples& resamples) {
  const Pair pair = pooled(baseline, system, score.statistics, resamples.segments());
  if (!pair.system) return std::nullopt;
  const PairedTest test = paired_bootstrap(*score.score, *pair.baseline, *pair.system, resamples);
  return test.baseline_score == test.system_score ? 1 : test.p_value;
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
