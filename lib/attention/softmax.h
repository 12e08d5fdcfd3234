// Scaled dot-product attention (eq 2; Vaswani et al. 2017): softmax(q kᵀ / √d + position terms + mask) v.
#pragma once

#include "attention/kernel.h"

namespace rotor {

/// Softmax attention; its state is a KeyValueState.
class SoftmaxAttention : public AttentionKernel {
 public:
  std::unique_ptr<AttentionState> start() const override;
  void absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
              AttentionState& state) const override;
  Variable attend(const Variable& q, const PositionEncoding& position, Range at, const AttentionMask& mask,
                  const AttentionState& state, float dropout) const override;
};

}  // namespace rotor
