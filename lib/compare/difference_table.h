// The table of which entries of a comparison cannot be told apart: tests of all pairs that resample trainings as well
// as the segments of the test (score/hierarchical_bootstrap.h), so that they hold for other seeds.
#pragma once

#include <optional>

#include "compare/comparison.h"

namespace rotor {

/// Sorted by the first measure that is tested, the best entry first; for each such measure its mean, the p-value
/// against the baseline, and letters: entries that share one cannot be told apart at 5 %, corrected for all pairs
/// (Holm). Of an entry with one seed the segments alone are resampled. None if there are fewer than two entries, or no
/// tests.
std::optional<Table> difference_table(const Comparison& comparison);

}  // namespace rotor
