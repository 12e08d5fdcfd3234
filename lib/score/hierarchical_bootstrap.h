// The hierarchical bootstrap: it resamples the trainings of a system as well as the segments of the test set, so that
// its tests hold for other seeds too and not for these trainings alone.
//
//   const Resamples resamples(segments, 10000);
//   const auto of_a = hierarchical_scores(bleu, runs_of_a, resamples, 1), of_b = hierarchical_scores(bleu, runs_of_b,
//   …, 2); const PairedTest test = paired_test(a, b, of_a, of_b);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "score/significance.h"

namespace rotor {

/// A system's score on each resample: that of the segments drawn, of n − 1 of its n runs drawn with replacement, as one
/// corpus. (Drawing n of n would show only (n − 1)/n of the variance over runs, half of it for two; Rao and Wu 1988,
/// section 2.) Of one run the segments alone are resampled. Segments are the same for all systems; runs are drawn by
/// `seed`, of which each system should have its own, since equal seeds of two systems have nothing in common.
std::vector<double> hierarchical_scores(const CorpusScore& metric, std::span<const Statistics* const> runs,
                                        const Resamples& resamples, uint64_t seed);

}  // namespace rotor
