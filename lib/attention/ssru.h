// SSRU, the simpler simple recurrent unit (Kim et al. 2019; Marian's --transformer-decoder-autoreg rnn --dec-cell
// ssru), in place of a decoder's self-attention: a gate says how much of the cell stays, and the cell is all that a
// decoder remembers of its tokens, so that a step costs the same at every length.
//
//   f_t = σ(W_f x_t + b_f)      c_t = f_t ⊙ c_{t−1} + (1 − f_t) ⊙ W x_t      y_t = max(c_t, 0)
//
// Parameters: gate.weight, gate.bias (W_f, b_f) and input.weight (W). Nothing is projected afterwards.
#pragma once

#include <memory>

#include "attention/attention_layer.h"
#include "nn/linear.h"

namespace rotor {

class Ssru : public AttentionLayer {
 public:
  explicit Ssru(int64_t width);

  const AttentionKernel& kernel() const override { return *kernel_; }
  void absorb(const Variable& x, Range at, AttentionState& state, const Packing& packing) const override;
  Variable attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                  const Packing& packing) const override;

 private:
  Linear gate_, input_;
  std::unique_ptr<AttentionKernel> kernel_;
};

}  // namespace rotor
