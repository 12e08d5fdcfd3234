#include "attention/multi_head.h"

#include <numbers>

namespace rotor {
namespace {

/// fairseq's start of q, k and v: Xavier uniform with gain 1/√2, as if the three were one matrix.
Linear projection(int64_t in, int64_t out, bool bias) {
  return {in, out, xavier_uniform(in, out, std::numbers::sqrt2 / 2), bias ? uniform_by_input(in) : nullptr};
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(const AttentionWidths& widths, const AttentionOptions& options,
                                       std::shared_ptr<const PositionEncoding> position, uint64_t seed)
    : q_proj_(projection(widths.width, widths.width, options.bias)),
      k_proj_(projection(widths.memory, widths.width / widths.heads * widths.key_value_heads, options.bias)),
      v_proj_(projection(widths.memory, widths.width / widths.heads * widths.key_value_heads, options.bias)),
      out_proj_(widths.width, widths.width, xavier_uniform(widths.width, widths.width),
                options.bias ? zeros() : nullptr) {
  if (auto own = position->for_layer(q_proj_, k_proj_)) position = std::move(own);
  const AttentionHeads heads{widths.heads, widths.key_value_heads, widths.width / widths.heads};
  kernel_ = attention_kernel(options.kernel).make({options, heads, std::move(position), seed});
  part("q_proj", q_proj_);
  part("k_proj", k_proj_);
  part("v_proj", v_proj_);
  part("out_proj", out_proj_);
  part("kernel", *kernel_);
}

/// The gradients of the two products are added in the reverse of their order here. It has always been this one, and
/// trainings keep their bits by it.
void MultiHeadAttention::absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing) const {
  Variable k, v;
  const bool values_first = packing.active() && state.keeps_packed();
  if (values_first) v = v_proj_(memory);
  k = k_proj_(memory);
  if (!values_first) v = v_proj_(memory);
  state.absorb(k, v, at, packing);
}

}  // namespace rotor
