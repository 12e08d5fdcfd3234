// Attention inside the heads alone, for tests: heads [rows, H, T, d] in place of a projection's output.
#pragma once

#include "attention/kernel.h"
#include "autograd/elementwise.h"

namespace rotor {

inline std::unique_ptr<AttentionKernel> make_kernel(const AttentionOptions& options, const AttentionHeads& heads,
                                                    std::shared_ptr<const PositionEncoding> position) {
  return attention_kernel(options.kernel).make({options, heads, std::move(position)});
}

inline void absorb(AttentionState& state, const Variable& k, const Variable& v, Range at) {
  state.absorb(merge_heads(k), merge_heads(v), at, Packing());
}

inline Variable attend(const AttentionState& state, const Variable& q, Range at, const AttentionMask& mask) {
  return split_heads(state.attend(merge_heads(q), at, mask, Packing()), q.size(1));
}

}  // namespace rotor
