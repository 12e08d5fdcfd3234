#include "attention/multi_head.h"

#include <numbers>

#include "autograd/columns.h"

namespace rotor {
namespace {

/// fairseq's start of q, k and v: Xavier uniform; where all three read vectors of one width with gain 1/√2, as if they
/// were one matrix.
Linear projection(const AttentionWidths& widths, int64_t in, int64_t out, bool bias) {
  const double gain = widths.memory == widths.width ? std::numbers::sqrt2 / 2 : 1;
  return {in, out, xavier_uniform(in, out, gain), bias ? uniform_by_input(in) : nullptr};
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(const AttentionWidths& widths, const AttentionOptions& options,
                                       std::shared_ptr<const PositionEncoding> position, uint64_t seed)
    : q_proj_(projection(widths, widths.width, widths.width, options.bias)),
      k_proj_(projection(widths, widths.memory, widths.width / widths.heads * widths.key_value_heads, options.bias)),
      v_proj_(projection(widths, widths.memory, widths.width / widths.heads * widths.key_value_heads, options.bias)),
      out_proj_(widths.width, widths.width, xavier_uniform(widths.width, widths.width),
                options.bias ? zeros() : nullptr),
      key_heads_(widths.key_value_heads),
      position_(std::move(position)) {
  if (auto own = position_->for_layer(q_proj_, k_proj_)) position_ = std::move(own);
  const AttentionHeads heads{widths.heads, widths.key_value_heads, widths.width / widths.heads};
  kernel_ = attention_kernel(options.kernel).make({options, heads, position_, seed});
  part("q_proj", q_proj_);
  part("k_proj", k_proj_);
  part("v_proj", v_proj_);
  part("out_proj", out_proj_);
  part("kernel", *kernel_);
}

Variable MultiHeadAttention::keys(const Variable& memory) const {
  const Variable k = k_proj_(memory);
  if (position_->touches().key_columns == 0) return k;
  const auto by_head = [&](const Variable& x) { return reshape(x, {-1, key_heads_, x.size(-1) / key_heads_}); };
  const Variable joined = join_columns(by_head(k), by_head(position_->key_columns(memory)));
  Shape shape = k.shape();
  shape[k.rank() - 1] = key_heads_ * joined.size(2);
  return reshape(joined, shape);
}

/// The gradients of the two products are added in the reverse of their order here. It has always been this one, and
/// trainings keep their bits by it.
void MultiHeadAttention::absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing) const {
  Variable k, v;
  const bool values_first = packing.active() && state.keeps_packed();
  if (values_first) v = v_proj_(memory);
  k = keys(memory);
  if (!values_first) v = v_proj_(memory);
  state.absorb(k, v, at, packing);
}

}  // namespace rotor
