#include "attention/multi_head.h"

#include <numbers>

namespace rotor {
namespace {

/// fairseq's start of q, k and v: Xavier uniform with gain 1/√2, as if the three were one matrix.
Initialiser projection_start(int64_t in, int64_t out) {
  return xavier_uniform(in, out, std::numbers::sqrt2 / 2);
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(int64_t width, int64_t memory_width, int64_t heads,
                                       std::shared_ptr<const PositionEncoding> position,
                                       std::shared_ptr<const AttentionKernel> kernel, float dropout)
    : q_proj_(width, width, projection_start(width, width), uniform_by_input(width)),
      k_proj_(memory_width, width, projection_start(memory_width, width), uniform_by_input(memory_width)),
      v_proj_(memory_width, width, projection_start(memory_width, width), uniform_by_input(memory_width)),
      out_proj_(width, width, xavier_uniform(width, width), zeros()),
      heads_(heads),
      position_(std::move(position)),
      kernel_(std::move(kernel)),
      dropout_(dropout) {
  if (auto own = position_->for_layer(q_proj_, k_proj_)) position_ = std::move(own);
  part("q_proj", q_proj_);
  part("k_proj", k_proj_);
  part("v_proj", v_proj_);
  part("out_proj", out_proj_);
}

void MultiHeadAttention::absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing) const {
  const Variable k = split_heads(unpack(k_proj_(memory), packing), heads_);  // [rows, H, T, d]
  const Variable v = split_heads(unpack(v_proj_(memory), packing), heads_);
  kernel_->absorb(k, v, *position_, at, state);
}

Variable MultiHeadAttention::attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                                    const Packing& packing) const {
  const Variable q = split_heads(unpack(q_proj_(x), packing), heads_);
  const Variable context = merge_heads(kernel_->attend(q, *position_, at, mask, state, dropout_));  // [rows, T, D]
  return out_proj_(pack(context, packing));
}

}  // namespace rotor
