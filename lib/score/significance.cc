#include "score/significance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.) / static_cast<double>(values.size());
}

/// The share of `count` of `all` trials, counting the real difference as a further trial.
double share(int64_t count, size_t all) {
  return static_cast<double>(count + 1) / static_cast<double>(all + 1);
}

/// The share of `differences` above the real one.
double p_value_of(const std::vector<double>& differences, double real_difference) {
  const auto above = [&](double difference) { return difference > real_difference; };
  return share(std::ranges::count_if(differences, above), differences.size());
}

/// The statistics of a segment each, column by column.
std::vector<double> transposed(const Statistics& statistics) {
  std::vector<double> columns(statistics.segments() * statistics.width());
  for (size_t i = 0; i < statistics.segments(); ++i) {
    for (size_t k = 0; k < statistics.width(); ++k) columns[k * statistics.segments() + i] = statistics.row(i)[k];
  }
  return columns;
}

double weighted_sum(const uint16_t* weights, const double* values, size_t size) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < size; ++i) sum += weights[i] * values[i];
  return sum;
}

}  // namespace

Interval interval_of(std::vector<double> scores) {
  ROTOR_CHECK(!scores.empty(), "expected at least one score for an interval, got none");
  std::sort(scores.begin(), scores.end());
  const size_t outside = scores.size() / 40;
  return {mean_of(scores), 0.5 * (scores[scores.size() - outside - 1] - scores[outside])};
}

Percentiles percentiles_of(std::vector<double> scores) {
  ROTOR_CHECK(!scores.empty(), "expected at least one score for an interval, got none");
  std::sort(scores.begin(), scores.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(scores.size() - 1), below = std::floor(place);
    const auto i = static_cast<size_t>(below);
    return i + 1 < scores.size() ? scores[i] + (place - below) * (scores[i + 1] - scores[i]) : scores.back();
  };
  return {at(0.025), at(0.975)};
}

Resamples::Resamples(size_t segments, int64_t count, uint64_t seed) : segments_(segments) {
  ROTOR_CHECK(segments > 0 && segments <= std::numeric_limits<uint32_t>::max(), "cannot resample {} segments",
              segments);
  ROTOR_CHECK(count > 0, "expected at least one resample, got {}", count);
  NumpyRandom random(seed);
  times_.resize(static_cast<size_t>(count) * segments);
  for (size_t begin = 0; begin < times_.size(); begin += segments) {
    for (size_t i = 0; i < segments; ++i) ++times_[begin + random.below(static_cast<uint32_t>(segments))];
  }
}

std::vector<double> Resamples::scores(const CorpusScore& metric, const Statistics& statistics) const {
  ROTOR_CHECK(statistics.segments() == segments_, "expected the statistics of {} segments, got {}", segments_,
              statistics.segments());
  constexpr size_t kBlock = 2048;  // segments whose statistics stay in the cache while all resamples take them
  const std::vector<double> columns = transposed(statistics);
  const size_t width = statistics.width(), resamples = times_.size() / segments_;
  std::vector<double> sums(resamples * width), scores(resamples);
  constexpr int64_t kGrain = 64;  // resamples
  parallel_ranges(true, resamples, kGrain, [&](size_t first, size_t end) {
    for (size_t begin = 0; begin < segments_; begin += kBlock) {
      const size_t size = std::min(kBlock, segments_ - begin);
      for (size_t r = first; r < end; ++r) {
        for (size_t k = 0; k < width; ++k) {
          sums[r * width + k] += weighted_sum(&times_[r * segments_ + begin], &columns[k * segments_ + begin], size);
        }
      }
    }
  });
  for (size_t r = 0; r < resamples; ++r) scores[r] = metric.score(std::span(sums).subspan(r * width, width));
  return scores;
}

std::vector<double> Resamples::scores(const std::function<double(std::span<const uint16_t>)>& score) const {
  std::vector<double> scores(times_.size() / segments_);
  parallel_for(true, std::ssize(scores),
               [&](int64_t r) { scores[r] = score(std::span(times_).subspan(r * segments_, segments_)); });
  return scores;
}

double two_sided_p_value(double baseline_score, double system_score, const std::vector<double>& of_baseline,
                         const std::vector<double>& of_system) {
  std::vector<double> differences(of_system.size());
  for (size_t i = 0; i < differences.size(); ++i) differences[i] = of_system[i] - of_baseline[i];
  const double mean = mean_of(differences), real = std::abs(system_score - baseline_score);
  const auto as_far = [&](double difference) { return !(std::abs(difference - mean) < real); };  // NaN is never sure
  return share(std::ranges::count_if(differences, as_far), differences.size());
}

PairedTest paired_bootstrap(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            const Resamples& resamples) {
  const std::vector<double> of_baseline = resamples.scores(metric, baseline),
                            of_system = resamples.scores(metric, system);
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

PairedTest paired_bootstrap(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            int64_t resamples, uint64_t seed) {
  return paired_bootstrap(metric, baseline, system, Resamples(system.segments(), resamples, seed));
}

double paired_randomization(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            int64_t trials, uint64_t seed) {
  ROTOR_CHECK(trials > 0, "expected at least one trial, got {}", trials);
  ROTOR_CHECK(baseline.segments() == system.segments(), "expected two systems with as many segments, got {} and {}",
              baseline.segments(), system.segments());
  const size_t segments = system.segments();
  NumpyRandom random(seed);
  std::vector<uint32_t> bits((static_cast<size_t>(trials) * segments + 31) / 32);
  for (uint32_t& word : bits) word = random.next32();

  std::vector<double> differences(static_cast<size_t>(trials));
  parallel_for(true, differences.size(), [&](int64_t trial) {
    std::vector<double> ours(metric.width()), theirs(metric.width());
    for (size_t i = 0; i < segments; ++i) {
      const size_t bit = trial * segments + i;
      const bool swap = bits[bit / 32] >> bit % 32 & 1;
      const auto to_ours = (swap ? baseline : system).row(i), to_theirs = (swap ? system : baseline).row(i);
      for (size_t k = 0; k < ours.size(); ++k) {
        ours[k] += to_ours[k];
        theirs[k] += to_theirs[k];
      }
    }
    differences[trial] = std::abs(metric.score(ours) - metric.score(theirs));
  });
  return p_value_of(differences, std::abs(metric.score(baseline.sum()) - metric.score(system.sum())));
}

}  // namespace rotor
