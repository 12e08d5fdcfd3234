// Multi-head attention (Vaswani et al. 2017, section 3.2.2): heads attend side by side on projections of width d, and
// one projection merges them.
#pragma once

#include <memory>

#include "attention/attention_layer.h"
#include "nn/linear.h"

namespace rotor {

/// The widths of an attention: of the sequence that attends, D, of the one attended to, and the numbers of heads of
/// queries and of keys and values; d = D / heads.
struct AttentionWidths {
  int64_t width = 0, memory = 0;
  int64_t heads = 0, key_value_heads = 0;
};

class MultiHeadAttention : public AttentionLayer {
 public:
  /// `seed` is that of what the kernel draws.
  MultiHeadAttention(const AttentionWidths& widths, const AttentionOptions& options,
                     std::shared_ptr<const PositionEncoding> position, uint64_t seed = 0);

  const AttentionKernel& kernel() const override { return *kernel_; }

  /// Projects to keys and values.
  void absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing = {}) const override;

  Variable attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                  const Packing& packing = {}) const override {
    return out_proj_(state.attend(q_proj_(x), at, mask, packing));
  }

  /// The weights with which x attends to a memory, averaged over heads (AttentionMemory::weights()).
  Tensor weights(const Variable& x, Range at, const AttentionMask& mask, const AttentionMemory& memory) const {
    return memory.weights(q_proj_(x), at, mask);
  }

 private:
  /// The keys of a sequence, with the columns that the encoding adds to them.
  Variable keys(const Variable& memory) const;

  Linear q_proj_, k_proj_, v_proj_, out_proj_;
  int64_t key_heads_;
  std::shared_ptr<const PositionEncoding> position_;
  std::unique_ptr<AttentionKernel> kernel_;
};

}  // namespace rotor
