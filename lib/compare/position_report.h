// The part of a language model comparison's report about lengths that training has not seen: the loss in samples of
// several lengths, and by position in the longest ones.
#pragma once

#include <span>

#include "compare/comparison.h"
#include "compare/language_model_comparison.h"

namespace rotor {

/// The losses of the tests, of which there is one for each length.
struct PositionScores {
  CountedScore whole;        ///< of a test
  CountedScore by_position;  ///< a segment for each position
};

/// Adds the section to a page. Where an encoding does not serve a length, its places stay empty and a sentence says so.
void add_positions(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                   const PositionScores& scores, Page& page);

/// Divides positions into ranges [first, second), given the number of tokens at each: at most four each time that the
/// position doubles, and of tokens enough for a mean loss, or of a sixteenth of them all. The last one has what
/// remains.
std::vector<std::pair<size_t, size_t>> position_ranges(std::span<const double> tokens);

}  // namespace rotor
