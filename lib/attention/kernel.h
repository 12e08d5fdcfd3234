// AttentionKernel: the computation inside each head. A kernel absorbs keys and values into a state, attends to the
// contents of that state, and calls the position encoding's hooks. Training is one absorb and one attend on an empty
// state; decoding is one absorb and one attend for each step on a state that grows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attention/state.h"
#include "kernel/mask.h"
#include "position/encoding.h"

namespace rotor {

class AttentionKernel {
 public:
  virtual ~AttentionKernel() = default;

  /// An empty state for absorb() and attend() of this kernel.
  virtual std::unique_ptr<AttentionState> start() const = 0;

  /// Adds keys and values k, v [rows, H, T, d] at positions `at` to the state.
  virtual void absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
                      AttentionState& state) const = 0;

  /// Maps q [rows, H, T, d] at positions `at` to the context, of the same shape. `dropout` is the dropout rate of the
  /// attention weights.
  virtual Variable attend(const Variable& q, const PositionEncoding& position, Range at, const AttentionMask& mask,
                          const AttentionState& state, float dropout) const = 0;
};

/// The names of the kernels: "softmax", "linear".
std::vector<std::string> attention_names();
std::unique_ptr<AttentionKernel> make_attention(const std::string& name);

}  // namespace rotor
