// Polar coordinate positions (Gopalakrishnan et al. 2025, PoPE): content sets the magnitudes of a query and a key, and
// positions their phases,
//
//   score = Σ_i softplus(q_mi)·softplus(k_ni)·cos((m − n)·θ_i − δ_hi) / √d,  θ_i = base^(−i/d), i from 0 to d − 1,
//
// with phases δ in −2π … 0 that each head of keys of a layer learns, from 0 on; base is --rope-base. Queries and keys
// become 2d numbers wide: μ·cos(m·θ) and μ·sin(m·θ).
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_pope(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
