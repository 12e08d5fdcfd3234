// Relative keys and values (eq 5; Shaw et al. 2018): score = q_m · (k_n + keys[c]) / √d, o_m = Σ_n α (v_n + values[c]),
// c = clip(n − m, −k, k) + k, k = --max-relative-position. The tables are added after projection, at head width, and
// the heads of a layer share them, as in the paper's own code.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_shaw(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
