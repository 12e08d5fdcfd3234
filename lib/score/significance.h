// How far a score can be trusted, and whether two systems differ: bootstrap resampling of segments (Koehn 2004) and
// approximate randomisation (Riezler and Maxwell 2005), with the random numbers, intervals and p-values of sacreBLEU 2.
// Results depend on the seed only, not on threads.
//
//   const Bleu bleu;
//   const Statistics baseline = count_segments(bleu, …), system = count_segments(bleu, …);
//   const PairedTest test = paired_bootstrap(bleu, baseline, system);
//   if (test.p_value < 0.05) …
#pragma once

#include "score/metric.h"
#include "score/numpy_random.h"

namespace rotor {

constexpr uint64_t kResamplingSeed = 12345;  ///< sacreBLEU's

/// The mean of some scores and half the width of the interval that holds 95 % of them.
struct Interval {
  double mean = 0, half_width = 0;
};
Interval interval_of(std::vector<double> scores);

/// Draws with replacement of as many segments as a corpus has. The same ones serve every system and metric.
class Resamples {
 public:
  Resamples(size_t segments, int64_t count, uint64_t seed = kResamplingSeed);

  /// The score of each resample, computed by all threads. `statistics` must have as many segments.
  std::vector<double> scores(const Metric& metric, const Statistics& statistics) const;

 private:
  size_t segments_;
  std::vector<uint16_t>
      times_;  ///< [resamples, segments]: how often each is drawn; 65,536 times is out of the question
};

struct PairedTest {
  double baseline_score = 0, system_score = 0;
  Interval baseline, system;  ///< of the resamples
  double p_value = 1;         ///< how likely as large a difference is if both systems are equally good
};

/// The two-sided paired bootstrap test of two systems on the same segments.
PairedTest paired_bootstrap(const Metric& metric, const Statistics& baseline, const Statistics& system,
                            int64_t resamples = 1000, uint64_t seed = kResamplingSeed);
PairedTest paired_bootstrap(const Metric& metric, const Statistics& baseline, const Statistics& system,
                            const Resamples& resamples);

/// The p-value of the two-sided paired approximate randomisation test: segments swap sides at random, a trial each
/// time.
double paired_randomization(const Metric& metric, const Statistics& baseline, const Statistics& system,
                            int64_t trials = 10000, uint64_t seed = kResamplingSeed);

}  // namespace rotor
