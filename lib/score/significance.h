// Confidence intervals of scores and significance tests of differences between systems: bootstrap resampling of
// segments (Koehn 2004) and approximate randomisation (Riezler and Maxwell 2005), with the random numbers and intervals
// of sacreBLEU 2; its p-values, and two-sided ones. Results depend on the seed only, not on threads.
//
//   const Bleu bleu;
//   const Statistics baseline = count_segments(bleu, …), system = count_segments(bleu, …);
//   const PairedTest test = paired_bootstrap(bleu, baseline, system);
//   if (test.p_value < 0.05) …
#pragma once

#include <functional>

#include "score/metric.h"
#include "score/numpy_random.h"

namespace rotor {

constexpr uint64_t kResamplingSeed = 12345;  ///< sacreBLEU's default

/// The mean of some scores and half the width of the interval that holds 95 % of them.
struct Interval {
  double mean = 0, half_width = 0;
};
Interval interval_of(std::vector<double> scores);

/// The bounds between which 95 % of some scores lie: the 2.5th and the 97.5th percentile, linear between two scores as
/// numpy.percentile's.
struct Percentiles {
  double low = 0, high = 0;
};
Percentiles percentiles_of(std::vector<double> scores);

/// Resamples of a corpus: each draws, with replacement, as many segments as the corpus has. Every system and metric
/// uses the same resamples.
class Resamples {
 public:
  Resamples(size_t segments, int64_t count, uint64_t seed = kResamplingSeed);

  size_t segments() const { return segments_; }

  /// The score of each resample, computed by all threads. `statistics` must have as many segments.
  std::vector<double> scores(const CorpusScore& metric, const Statistics& statistics) const;

  /// The same of a score that is no function of sums: `score` is given how often each segment is drawn. Several threads
  /// call it at once.
  std::vector<double> scores(const std::function<double(std::span<const uint16_t>)>& score) const;

 private:
  size_t segments_;
  std::vector<uint16_t> times_;  ///< [resamples, segments]: how often each segment is drawn, which never reaches 65,536
};

/// Returns the two-sided p-value of the difference d between two scores, given those of the same resamples: the share
/// of resamples whose difference is at least |d| away from the mean of all, that is the bootstrap's distribution
/// shifted to 0 (Efron and Tibshirani 1993, chapter 16); d itself counts as one. Equal scores have the p-value 1.
double two_sided_p_value(double baseline_score, double system_score, const std::vector<double>& of_baseline,
                         const std::vector<double>& of_system);

struct PairedTest {
  double baseline_score = 0, system_score = 0;
  Interval baseline, system;  ///< intervals of the resamples
  double p_value = 1;         ///< probability of a difference at least as large if both systems are equally good
};

/// The paired bootstrap test of sacreBLEU, of two systems on the same segments. Its p-value is the share of resamples
/// whose |d| exceeds the mean of all |d| by the real one, so it counts one side of a clear difference alone: about half
/// of the two-sided p-value.
PairedTest paired_bootstrap(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            int64_t resamples = 1000, uint64_t seed = kResamplingSeed);
PairedTest paired_bootstrap(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            const Resamples& resamples);

/// The p-value of the two-sided paired approximate randomisation test: each trial exchanges the two systems'
/// translations of random segments.
double paired_randomization(const CorpusScore& metric, const Statistics& baseline, const Statistics& system,
                            int64_t trials = 10000, uint64_t seed = kResamplingSeed);

}  // namespace rotor
