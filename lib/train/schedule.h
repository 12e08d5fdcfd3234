// Learning-rate schedules, under fairseq's names and with its formulas; noam has the formula of Vaswani et al. 2017.
// Each is a function of the number of updates and the epoch alone, so that a resumed run needs no other state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "train/options.h"

namespace rotor {

/// The learning rate of the next update, after the given number of updates, in the given epoch (from 1).
using Schedule = std::function<double(int64_t updates, int64_t epoch)>;

/// The schedule that --lr-scheduler names, for a model of that width. A UsageError names the option that does not fit
/// it.
Schedule make_schedule(const OptimizationOptions& options, int64_t width);

std::vector<std::string> schedule_names();

/// The schedules that read an option, "lr-shrink".
std::vector<std::string> schedules_reading(const std::string& option);

}  // namespace rotor
