// The speeds of finished runs measured once more, alone: of runs that were made beside other work, or on several
// machines, only this makes costs and losses at equal time comparable.
#pragma once

#include <vector>

#include "report/runner.h"

namespace rotor {

/// The first run of each label whose model is there. An Error names a label that has none.
std::vector<PlannedRun> one_of_each_label(const std::vector<PlannedRun>& runs);

/// Times one run of each label, `rounds` times over all of them so that a machine's moods fall on each, and writes the
/// medians of its speeds, and this machine's name, into result.json of all `runs` of that label. Losses and memory
/// stay.
void time_again(const Runner& runner, const std::vector<PlannedRun>& runs, int64_t rounds);

}  // namespace rotor
