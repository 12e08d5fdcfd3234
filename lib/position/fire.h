// FIRE (Li et al. 2024, "Functional Interpolation for Relative Positions Improves Long Context Transformers"): score =
// q_m · k_n / √d + f_h(r), where f is a network 1 → --fire-width → H with ReLU, of the distance relative to the query's
// position,
//
//   r = ln(1 + |c·(m − n)|) / (ln(1 + |c·N|) + ε),  N = max(m, |t·L|),
//
// c starts at 0.1, the multiplier t of L = --fire-threshold at 1, ε = 1e-6. The paper's normaliser N is that of a
// decoder, whose keys come before their queries; an encoder takes the later position of both, N = max(m, n, |t·L|).
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_fire(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
