// Learning-rate schedules: the rate as a function of the updates done so far.
#pragma once

#include <cstdint>

#include "train/options.h"

namespace rotor {

/// inverse_sqrt (Vaswani et al. 2017, as fairseq): linear from `warmup_init_lr` to `lr` over the warm-up, then
/// lr · √(warmup / updates). The first update uses the value at 0.
double learning_rate(const OptimizationOptions& options, int64_t updates);

}  // namespace rotor
