// KERPLE in its logarithmic form (Chi et al. 2022): score = q_m · k_n / √d − p_h·ln(1 + a_h·|m − n|), with p and a
// above 0 for each head. As in the authors' code both are at least 0.01, which training enforces after each update, and
// each layer has its own.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_kerple(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
