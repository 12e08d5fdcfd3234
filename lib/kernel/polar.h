// Vectors in polar coordinates (Gopalakrishnan et al. 2025, PoPE): each number x_i of a head at position m becomes a
// vector of the length softplus(x_i) = ln(1 + e^(x_i)) and the angle m·θ_i + δ_hi.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

/// The angles of a range of positions from `begin` on: frequencies θ [d], phases δ [H,d] or undefined. A phase outside
/// −2π … 0 counts as the nearer end.
struct PolarAngles {
  int64_t begin = 0;
  std::vector<double> frequencies;
  Tensor phases;
};

/// x [B,H,T,d] -> [B,H,T,2d]: all horizontal parts, then all vertical ones.
Tensor polar(const Tensor& x, const PolarAngles& angles);

/// The gradients, given that of the result; that of the phases, undefined without them, is 0 where they are outside.
struct PolarGradients {
  Tensor x, phases;
};
PolarGradients polar_backward(const Tensor& gradient, const Tensor& x, const PolarAngles& angles);

}  // namespace rotor
