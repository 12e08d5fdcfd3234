// Sandwich (Chi et al. 2023, "Dissecting Transformer Length Extrapolation via the Lens of Receptive Field Analysis"):
// the product of the sinusoids of both positions is a bias that falls with the distance,
//
//   score = q_m · k_n / √d + (p_m · p_n) / c_h,  p_m · p_n = Σ_i cos((m − n) / 10000^(2i/w)), i from 0 to w/2 − 1,
//
// w = --sandwich-width, c_h = 8h/H, h from 1. It has no parameters.
#pragma once

#include <memory>
#include <string>

#include "position/table.h"

namespace rotor {

/// A UsageError for an odd --sandwich-width.
void check_sandwich(const PositionOptions& options, const StackSizes& sizes, const std::string& name);

std::unique_ptr<PositionEncoding> make_sandwich(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
