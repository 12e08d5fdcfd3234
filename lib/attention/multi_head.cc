#include "attention/multi_head.h"

#include <cmath>
#include <numbers>

#include "attention/softmax.h"

namespace rotor {
namespace {

/// fairseq's start of q, k and v: Xavier uniform with gain 1/√2, as if the three were one matrix.
Initialiser projection_start(int64_t in, int64_t out) {
  return xavier_uniform(in, out, std::numbers::sqrt2 / 2);
}

/// Whether queries and keys pass an encoding's hooks untouched.
bool leaves_heads(const PositionEncoding& position, int64_t heads, int64_t d) {
  const NoGrad no_grad;
  const Variable x = Tensor::zeros({1, heads, 1, d});
  const float* numbers = x.value().data();
  return position.on_queries(x, {0, 1}).value().data() == numbers &&
         position.on_keys(x, {0, 1}).value().data() == numbers;
}

float one_over_root(int64_t d) {
  return 1 / std::sqrt(static_cast<float>(d));
}

/// x [rows, D] as [groups, H, rows / groups, d].
Tensor heads_view(const Tensor& x, int64_t groups, int64_t heads) {
  const int64_t rows = x.size(0) / groups, width = x.size(1), d = width / heads;
  return x.as_strided({groups, heads, rows, d}, {rows * width, d, width, 1});
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
      keeps_keys_(dynamic_cast<const SoftmaxAttention*>(kernel_.get()) != nullptr),
      dropout_(dropout) {
  if (auto own = position_->for_layer(q_proj_, k_proj_)) position_ = std::move(own);
  stays_packed_ = keeps_keys_ && !position_->needs_scores() && leaves_heads(*position_, heads, width / heads);
  part("q_proj", q_proj_);
  part("k_proj", k_proj_);
  part("v_proj", v_proj_);
  part("out_proj", out_proj_);
}

void MultiHeadAttention::absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing) const {
  if (stays_packed_ && packing.active()) {
    return dynamic_cast<KeyValueState&>(state).keep_packed(k_proj_(memory), v_proj_(memory), packing, heads_);
  }
  const Variable k = split_heads(unpack(k_proj_(memory), packing), heads_);  // [rows, H, T, d]
  const Variable v = split_heads(unpack(v_proj_(memory), packing), heads_);
  kernel_->absorb(k, v, *position_, at, state);
}

Variable MultiHeadAttention::attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                                    const Packing& packing) const {
  if (stays_packed_ && packing.active()) {
    const auto& memory = dynamic_cast<const KeyValueState&>(state);
    const Variable q = q_proj_(x);
    return out_proj_(fused_attention({q, packing, heads_}, memory.packed_keys(), memory.packed_values(), mask, dropout_,
                                     one_over_root(q.size(-1) / heads_)));
  }
  const Variable q = split_heads(unpack(q_proj_(x), packing), heads_);
  const Variable context = merge_heads(kernel_->attend(q, *position_, at, mask, state, dropout_));  // [rows, T, D]
  return out_proj_(pack(context, packing));
}

Tensor MultiHeadAttention::step_queries(const Tensor& q, int64_t groups, Range at) const {
  const float scale = one_over_root(q.size(1) / heads_);
  for (float& value : q.span()) value *= scale;
  return position_->on_queries(heads_view(q, groups, heads_), at).value();
}

Tensor MultiHeadAttention::step(const Tensor& x, Range at, AttentionState& state) const {
  const NoGrad no_grad;
  const Tensor context = step_context(x, at, state);
  return out_proj_.step(context.transpose(1, 2).contiguous().reshape({x.size(0), -1}));
}

Tensor MultiHeadAttention::step_context(const Tensor& x, Range at, AttentionState& state) const {
  const int64_t rows = x.size(0);
  const Tensor k = heads_view(k_proj_.step(x), rows, heads_), v = heads_view(v_proj_.step(x), rows, heads_);
  if (!keeps_keys_) return kernel_step(x, k, v, at, state);
  auto& cache = dynamic_cast<KeyValueState&>(state);
  cache.append(position_->on_keys(k, at), v);
  const Tensor q = step_queries(q_proj_.step(x), rows, at);
  return position_->needs_scores() ? scored_step(q, at, cache) : cache.attend_step(q);
}

Tensor MultiHeadAttention::kernel_step(const Tensor& x, const Tensor& k, const Tensor& v, Range at,
                                       AttentionState& state) const {
  kernel_->absorb(k, v, *position_, at, state);
  const Tensor q = heads_view(q_proj_.step(x), x.size(0), heads_);
  return kernel_->attend(q, *position_, at, {{}, {}, true, at.begin}, state, 0).value();
}

Tensor MultiHeadAttention::scored_step(const Tensor& q, Range at, const KeyValueState& cache) const {
  const Range keys{0, cache.length()};
  const Variable scores = position_->on_scores(cache.step_scores(q), q, cache.keys(), at, keys);
  const Tensor weights = masked_softmax(scores.value().contiguous(), {});
  return position_->on_context(cache.step_context(weights), weights, at, keys).value();
}

Tensor MultiHeadAttention::step_memory(const Tensor& x, Range at, std::span<const int32_t> lengths,
                                       const AttentionState& state) const {
  const auto& memory = dynamic_cast<const KeyValueState&>(state);
  const Tensor q = step_queries(q_proj_.step(x), memory.rows(), at);
  const Tensor context = memory.attend_memory(q, lengths);
  return out_proj_.step(context.transpose(1, 2).reshape({x.size(0), -1}));
}

Tensor MultiHeadAttention::memory_weights(const Tensor& x, Range at, std::span<const int32_t> lengths,
                                          const AttentionState& state) const {
  const NoGrad no_grad;
  const auto& memory = dynamic_cast<const KeyValueState&>(state);
  const Tensor q = step_queries(q_proj_(x).value(), memory.rows(), at);
  return memory.memory_weights(q, lengths).reshape({x.size(0), -1});
}

}  // namespace rotor
