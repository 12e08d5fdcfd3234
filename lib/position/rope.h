// Rotary position embedding (eq 12–16 and 34; Su et al. 2021): each pair of numbers of a head's query and key is
// rotated by the angle m·θ_i, θ_i = base^(−2i/d), so that q_m · k_n depends on m − n only. Pairs are (2i, 2i+1), or (i,
// i + d/2) in the half layout.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_rope(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
