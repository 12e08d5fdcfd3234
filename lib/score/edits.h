// The edits of TER. A greedy search moves phrases of the hypothesis, the move that saves most edits first, until none
// saves any; the words that still differ are counted by Levenshtein's distance. The search has Tercom's limits (phrases
// of 10 words, moves of 50, a beam of 25 around the diagonal) and sacreBLEU's on the moves tried (1000), because they
// decide the score of long segments.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

/// A sequence of words as ids, equal for equal words.
using Words = std::vector<uint32_t>;

/// Returns the number of shifts, insertions, deletions and substitutions that turn the hypothesis into the reference.
int64_t count_edits_and_shifts(const Words& hypothesis, const Words& reference);

}  // namespace rotor
