// Rotation of pairs by angles that grow with the position (eq 12–16 and 34), shared by rope and xpos: each pair of
// numbers of a head is rotated by m·θ_i ("position/rope_frequencies.h"), without a [d,d] matrix.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/rotation.h"
#include "position/encoding.h"
#include "position/table.h"

namespace rotor {

/// A UsageError if what is turned in a stack has an odd width; `name` is the encoding's name.
void check_pairs(const StackSizes& sizes, const std::string& name);

class Rotation {
 public:
  /// Turns the first pairs of each vector, as many as there are frequencies θ_i, in the `layout` of --rope-layout, and
  /// multiplies them by `length`.
  Rotation(std::vector<double> frequencies, const std::string& layout, double length = 1);

  /// Rotates pair i of x [B,H,T,d] at position m by m·θ_i.
  Variable operator()(const Variable& x, Range at) const {
    return (*this)(x, at, [](int64_t, int64_t) { return 1.0; });
  }

  /// Rotates as above, and multiplies by length(m, i).
  template <typename Length>
  Variable operator()(const Variable& x, Range at, Length length) const {
    Angles angles;
    for (int64_t m = at.begin; m < at.end(); ++m) {
      for (int64_t i = 0; i < std::ssize(frequencies_); ++i) push_back(angles, m, i, length_ * length(m, i));
    }
    return turn(x, std::move(angles));
  }

  const std::vector<double>& frequencies() const { return frequencies_; }
  Pairs pairs() const { return pairs_; }

 private:
  void push_back(Angles& angles, int64_t m, int64_t i, double length) const;
  Variable turn(const Variable& x, Angles angles) const;

  std::vector<double> frequencies_;
  Pairs pairs_;
  double length_;
};

}  // namespace rotor
