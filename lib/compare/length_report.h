// The parts of a translation comparison's report about lengths: scores by the length of the source, and also the losses
// of the references if lengths were tested that training has not seen.
#pragma once

#include "compare/comparison.h"
#include "compare/test_sets.h"

namespace rotor {

/// The scores of sentences that vary with their length.
struct LengthScores {
  CountedScore bleu;
  CountedScore loss;  ///< of the references; counted only where lengths are tested
};

/// Adds the section on the test set's lengths to a page.
void add_lengths(const Comparison& comparison, const std::vector<TestSet>& tests, const LengthScores& scores,
                 Page& page);

/// Adds the section on lengths that training has not seen, of all test sets.
void add_extrapolation(const Comparison& comparison, const std::vector<TestSet>& tests, const LengthScores& scores,
                       Page& page);

}  // namespace rotor
