// Learned absolute positions (eq 3; Gehring et al. 2017): x_m = √D · E[token] + P[m], P a table of max_positions rows.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_learned(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
