// ALiBi (Press et al. 2022): score = q_m · k_n / √d − slope_h · |m − n|, slope_h = 2^(−8h/H), h from 1, for H a power
// of two; for other H the slopes of the power of two below, then every second one of the power above. It has no
// parameters.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "position/table.h"

namespace rotor {

/// The slope of each head.
std::vector<double> alibi_slopes(int64_t heads);

std::unique_ptr<PositionEncoding> make_alibi(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
