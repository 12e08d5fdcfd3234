// AttentionKernel: how heads mix. A kernel absorbs keys and values into a state, and attends to what the state holds;
// it calls the position encoding's hooks. Training is one absorb and one attend on an empty state; decoding is one of
// each a step on a full one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attention/state.h"
#include "position/encoding.h"
#include "tensor/mask.h"

namespace rotor {

class AttentionKernel {
 public:
  virtual ~AttentionKernel() = default;

  /// An empty state for absorb() and attend() of this kernel.
  virtual std::unique_ptr<AttentionState> start() const = 0;

  /// k, v [rows, H, T, d] at positions `at`.
  virtual void absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
                      AttentionState& state) const = 0;

  /// q [rows, H, T, d] at positions `at` -> context of the same shape. `dropout` is that of the weights.
  virtual Variable attend(const Variable& q, const PositionEncoding& position, Range at, const AttentionMask& mask,
                          const AttentionState& state, float dropout) const = 0;
};

/// The names of the kernels: "softmax", "linear".
std::vector<std::string> attention_names();
std::unique_ptr<AttentionKernel> make_attention(const std::string& name);

}  // namespace rotor
