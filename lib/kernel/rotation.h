// Rotation of pairs of numbers (Su et al. 2021, RoFormer, eq 34).
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

/// The angles of a range of positions, as cosines and sines times a length: [T, pairs] each.
struct Angles {
  std::vector<float> cosines, sines;
};

/// The indices of the numbers of a head that form pair i: (i · step, i · step + gap).
struct Pairs {
  int64_t step, gap;
};

/// The pairs of every row of x [B,H,T,d] rotated by its position's angles, or back if `direction` is −1; numbers after
/// the last pair stay as they are. Angles of another number of positions, or of more pairs than d/2, are an Error.
Tensor rotate(const Tensor& x, const Angles& angles, Pairs pairs, float direction);

}  // namespace rotor
