// Learned absolute positions (eq 3; Gehring et al. 2017): x_m = √D · E[token] + P[m], P a table of max_positions rows.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

/// The rows of a table [max_positions, D] at the positions `at`: [T, D]. A position beyond the table is an Error.
Variable learned_positions(const Variable& table, Range at);

std::unique_ptr<PositionEncoding> make_learned(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
