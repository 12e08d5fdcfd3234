#include "score/significance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace rotor {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.) / static_cast<double>(values.size());
}

/// The share of `differences` above the real one, counting the real one as a further trial.
double p_value_of(const std::vector<double>& differences, double real_difference) {
  const auto above = std::count_if(differences.begin(), differences.end(),
                                   [&](double difference) { return difference > real_difference; });
  return static_cast<double>(above + 1) / static_cast<double>(differences.size() + 1);
}

}  // namespace

Interval interval_of(std::vector<double> scores) {
  CHECK(!scores.empty(), "expected at least one score for an interval, got none");
  std::sort(scores.begin(), scores.end());
  const size_t outside = scores.size() / 40;
  return {mean_of(scores), 0.5 * (scores[scores.size() - outside - 1] - scores[outside])};
}

Resamples::Resamples(size_t segments, int64_t count, uint64_t seed) : segments_(segments) {
  CHECK(segments > 0 && segments <= std::numeric_limits<uint32_t>::max(), "cannot resample {} segments", segments);
  CHECK(count > 0, "expected at least one resample, got {}", count);
  NumpyRandom random(seed);
  for (int64_t resample = 0; resample < count; ++resample) {
    starts_.push_back(random);
    for (size_t draw = 0; draw < segments; ++draw) random.below(static_cast<uint32_t>(segments));
  }
}

std::vector<double> Resamples::scores(const Metric& metric, const Statistics& statistics) const {
  CHECK(statistics.segments() == segments_, "expected the statistics of {} segments, got {}", segments_,
        statistics.segments());
  std::vector<double> scores(starts_.size());
#pragma omp parallel for schedule(static)
  for (size_t resample = 0; resample < starts_.size(); ++resample) {
    NumpyRandom random = starts_[resample];
    std::vector<double> sums(metric.width());
    for (size_t draw = 0; draw < segments_; ++draw) {
      const auto row = statistics.row(random.below(static_cast<uint32_t>(segments_)));
      for (size_t i = 0; i < sums.size(); ++i) sums[i] += row[i];
    }
    scores[resample] = metric.score(sums);
  }
  return scores;
}

PairedTest paired_bootstrap(const Metric& metric, const Statistics& baseline, const Statistics& system,
                            const Resamples& resamples) {
  const std::vector<double> of_baseline = resamples.scores(metric, baseline);
  const std::vector<double> of_system = resamples.scores(metric, system);
  std::vector<double> differences(of_system.size());
  for (size_t i = 0; i < differences.size(); ++i) differences[i] = std::abs(of_system[i] - of_baseline[i]);
  const double mean = mean_of(differences);
  for (double& difference : differences) difference -= mean;

  PairedTest test;
  test.baseline_score = metric.score(baseline.sum());
  test.system_score = metric.score(system.sum());
  test.baseline = interval_of(of_baseline);
  test.system = interval_of(of_system);
  test.p_value = p_value_of(differences, std::abs(test.baseline_score - test.system_score));
  return test;
}

PairedTest paired_bootstrap(const Metric& metric, const Statistics& baseline, const Statistics& system,
                            int64_t resamples, uint64_t seed) {
  return paired_bootstrap(metric, baseline, system, Resamples(system.segments(), resamples, seed));
}

}  // namespace rotor
