// Measures the speeds of finished runs once more on a quiet machine: for runs that were made beside other work, or on
// several machines, only this makes costs and losses at equal time comparable.
#pragma once

#include <vector>

#include "compare/runner.h"

namespace rotor {

/// The first run of each label whose model exists. A label without one is an Error that names it.
std::vector<PlannedRun> one_of_each_label(const std::vector<PlannedRun>& runs);

/// Times one run of each label, in `rounds` rounds over all labels so that changes of the machine's load affect all
/// alike, and writes the medians of its speeds, and this machine's name, into result.json of all `runs` of that label.
/// Losses and memory stay unchanged.
void time_again(const Runner& runner, const std::vector<PlannedRun>& runs, int64_t rounds);

}  // namespace rotor
