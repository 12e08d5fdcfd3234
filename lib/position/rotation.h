// Rotation of pairs by angles that grow with the position (eq 12–16 and 34), shared by rope and xpos: each pair of
// numbers of a head is rotated by m·θ_i, θ_i = base^(−2i/d), without a [d,d] matrix.
#pragma once

#include <cstdint>

#include "kernel/rotation.h"
#include "position/encoding.h"
#include "position/table.h"

namespace rotor {

/// A UsageError if what is turned in a stack has an odd width; `name` is the encoding's name.
void check_pairs(const StackSizes& sizes, const std::string& name);

class Rotation {
 public:
  /// Takes --rope-base and --rope-layout, for sizes that check_pairs() accepts.
  Rotation(const PositionOptions& options, const StackSizes& sizes, const std::string& name);

  /// Rotates pair i of x [B,H,T,d] at position m by m·θ_i.
  Variable operator()(const Variable& x, Range at) const {
    return (*this)(x, at, [](int64_t, int64_t) { return 1.0; });
  }

  /// Rotates as above, and multiplies by length(m, i).
  template <typename Length>
  Variable operator()(const Variable& x, Range at, Length length) const {
    Angles angles;
    for (int64_t m = at.begin; m < at.end(); ++m) {
      for (int64_t i = 0; i < half_; ++i) push_back(angles, m, i, length(m, i));
    }
    return turn(x, std::move(angles));
  }

 private:
  void push_back(Angles& angles, int64_t m, int64_t i, double length) const;
  Variable turn(const Variable& x, Angles angles) const;

  int64_t half_;
  double base_;
  Pairs pairs_;
};

}  // namespace rotor
