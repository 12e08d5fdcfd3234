// T5's bias (eq 8; Raffel et al. 2020): score = q_m · k_n / √d + bias[bucket(n − m), h], one table for all layers of a
// stack. The bias is not scaled; the paper itself omits the 1/√d.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_t5(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
