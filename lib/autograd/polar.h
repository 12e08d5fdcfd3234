// Vectors in polar coordinates ("kernel/polar.h").
#pragma once

#include <vector>

#include "autograd/variable.h"

namespace rotor {

/// Each number of x [B,H,T,d] at position begin + t as a vector of the length softplus(x) and the angle
/// (begin + t)·θ + δ -> [B,H,T,2d]; frequencies θ [d], phases δ [H,d] or undefined.
Variable polar(const Variable& x, const Variable& phases, int64_t begin, const std::vector<double>& frequencies);

}  // namespace rotor
