// TUPE's untied positions (eq 9; Ke et al. 2020): score = (q_m · k_n + U_q P_m · U_k P_n) / √(2d) + bias[bucket(n − m),
// h], P a learned table of max_positions rows that is not added to the input, buckets as in T5. This is TUPE-R without
// its [CLS] row, its norm of P and its biases of U, as in eq 9.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_tupe(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
