// The last product of a model, logits = features · weightᵀ + bias, and its gradients, for losses that never hold the
// logits of all targets. The losses of this module share it.
#pragma once

#include <span>

#include "autograd/variable.h"

namespace rotor {

/// Refuses targets that are not among so many words.
void check_targets(std::span<const int32_t> targets, int64_t words);

class Projection {
 public:
  static constexpr int64_t kChunk = 256;  ///< rows at a time: the logits of 256 targets and 10,000 words take 10 MB

  /// Takes features [N, D], weight [V, D], and bias [V] or undefined.
  Projection(const Variable& features, const Variable& weight, const Variable& bias);

  void check(std::span<const int32_t> targets) const { check_targets(targets, weight_.size(0)); }

  /// Returns the logits [count, V] of the rows from `first` on.
  Tensor logits(int64_t first, int64_t count) const;

  /// Adds what the gradient of the logits of the rows from `first` on causes, for the inputs that need a gradient. Each
  /// row must come once.
  void add_gradient(int64_t first, const Tensor& gradient);

  /// Returns a scalar with the gradients added so far.
  Variable with_gradients(double value) const;

 private:
  Variable features_, weight_, bias_;
  Tensor d_features_, d_weight_, d_bias_;  // undefined where no gradient is needed
  bool empty_ = true;                      // no gradient was added yet
};

}  // namespace rotor
