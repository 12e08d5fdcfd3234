// Learning rates that a comparison tries (--learning-rates): a run is trained with each, and the model of the best
// validation is the one that is tested.
#pragma once

#include <string>
#include <vector>

#include "compare/comparison.h"

namespace rotor {

/// Reads rates separated by commas, each above 0 and none twice; else a UsageError.
std::vector<double> read_learning_rates(const std::string& list);

/// The trainings of a run, one with each of its rates in a folder lr-<rate> of its own.
std::vector<PlannedRun> with_each_rate(const PlannedRun& run);

/// The place of the rate with the best validation by a metric, the first of those that are equally good. If none has a
/// validation that can be compared, it is an Error.
size_t best_rate(const std::vector<TriedRate>& rates, const std::string& metric);

/// The best validation of each encoding with each rate, the mean over seeds, and the seeds whose model has that rate.
Table learning_rate_table(const Comparison& comparison);

}  // namespace rotor
