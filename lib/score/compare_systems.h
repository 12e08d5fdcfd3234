// The report on several systems: their scores side by side and, if asked for, a paired test of each against the first,
// in sacreBLEU's table or JSON layout.
#pragma once

#include "score/options.h"

namespace rotor {

/// The report, without a newline at the end. All texts must have the same number of lines.
std::string compare_systems(const ScoreOptions& options, const std::vector<Segments>& systems,
                            const std::vector<Segments>& references);

}  // namespace rotor
