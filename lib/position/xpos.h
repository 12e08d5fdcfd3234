// xPos (Sun et al. 2022): RoPE with a decay. Pair i of a query at m is also multiplied by ζ_i^(m/S), of a key at n by
// ζ_i^(−n/S), ζ_i = (2i + γd) / ((1+γ)d), γ = 0.4, S = --xpos-scale-base, so that the pair counts ζ_i^((m−n)/S) times.
// It is used in the decoder only, whose keys come before their queries; the encoder uses rope.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_xpos(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
