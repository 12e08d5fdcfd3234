// Contextual position encoding (Golovneva et al. 2024, CoPE): the position p_mn of a key counts the keys that matter
// from it to the query, by gates σ(q_m · k_n / √d) ("kernel/contextual.h"), and
//
//   score = q_m · k_n / √d + q_m · e[p_mn],
//
// as in the authors' code with the second product not scaled, one table e [--cope-positions, d] for all heads of a
// layer, and values between whole positions interpolated. In an encoder p counts between query and key, on either side.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_cope(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
