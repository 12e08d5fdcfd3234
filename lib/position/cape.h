// CAPE (Likhomanenko et al. 2021, "CAPE: Encoding Relative Positions with Continuous Augmented Positional Embeddings"):
// interleaved sinusoids of positions that training moves at random,
//
//   m' = (m + Δ + δ_m)·λ,  Δ uniform in ±--cape-global-shift and ln λ in ±ln --cape-global-scaling for each sentence,
//                          δ_m uniform in ±--cape-local-shift for each token.
//
// Otherwise they are whole numbers from 0, as `sinusoidal` has them. Source and target are moved by themselves.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_cape(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
