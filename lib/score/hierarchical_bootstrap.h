// The hierarchical bootstrap: it resamples the trainings of a system as well as the segments of the test set, so that
// its tests hold for other seeds too and not for these trainings alone.
//
//   const Resamples resamples(segments, 10000);
//   std::vector<std::vector<double>> of_runs;
//   for (const Statistics& run : runs_of_a) of_runs.push_back(resamples.scores(bleu, run));
//   const double p = two_sided_p_value(mean_of_a, mean_of_b, mean_scores(of_runs, 1), mean_scores(…, 2));
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "score/significance.h"

namespace rotor {

/// The mean score of a system's runs on each resample of the segments, given the scores of each run on them: of n runs
/// n − 1 are drawn with replacement. (Drawing n would show only (n − 1)/n of the variance of a mean over runs, half of
/// it for two; Rao and Wu 1988, section 2.) Of one run they are its own. Runs are drawn by `seed`, of which each system
/// should have its own, since equal seeds of two systems have nothing in common.
std::vector<double> mean_scores(std::span<const std::vector<double>> of_runs, uint64_t seed);

}  // namespace rotor
