// The random vectors of FAVOR+ (Choromanski et al. 2021, "Rethinking Attention with Performers", section 2.4):
// e^(x·y) = E[e^(w·x − |x|²/2) e^(w·y − |y|²/2)] for Gaussian w. Vectors that are orthogonal to each other estimate it
// with less variance than independent ones, and as truly: each keeps a Gaussian vector's distribution.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace rotor {

/// The number of vectors that Performers take by default: ⌊d ln d⌋, at least 1, for heads of width d.
int64_t default_random_features(int64_t d);

/// Draws w [m, d], the same for the same seed: blocks of d rows orthogonal to each other, by Gram and Schmidt from a
/// Gaussian matrix in float64, each row rescaled to the norm of another Gaussian vector. The last block may have fewer
/// rows. The first rows do not depend on m.
Tensor random_features(int64_t m, int64_t d, uint64_t seed);

}  // namespace rotor
