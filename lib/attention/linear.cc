#include "attention/linear.h"

#include "autograd/elementwise.h"
#include "autograd/linear_attention.h"
#include "autograd/packing.h"
#include "kernel/cached_blocks.h"

namespace rotor {

LinearAttention::LinearAttention(const AttentionParts& parts)
    : heads_(parts.heads), position_(parts.position), rotates_after_(parts.options.linear_rotary == "after") {}

std::unique_ptr<AttentionState> LinearAttention::once() const {
  return std::make_unique<LinearState>(*this);
}

std::unique_ptr<AttentionState> LinearAttention::cache() const {
  return std::make_unique<LinearState>(*this);
}

LinearAttention::Features LinearAttention::of_queries(const Variable& q, Range at) const {
  if (!rotates_after_) {
    const Variable features = positive_features(position_->on_queries(q, at));
    return {features, features};
  }
  const Variable features = positive_features(q);
  return {position_->on_queries(features, at), features};
}

LinearAttention::Features LinearAttention::of_keys(const Variable& k, Range at) const {
  if (!rotates_after_) {
    const Variable features = positive_features(position_->on_keys(k, at));
    return {features, features};
  }
  const Variable features = positive_features(k);
  return {position_->on_keys(features, at), features};
}

Variable LinearState::split(const Variable& x, int64_t heads, const Packing& packing) const {
  return repeat_heads(split_heads(unpack(x, packing), heads), kernel_.heads().queries / heads);
}

void LinearState::absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) {
  settle();
  const int64_t heads = kernel_.heads().keys;
  keys_ = kernel_.of_keys(split(k, heads, packing), at);
  values_ = split(v, heads, packing);
  rows_ = values_.size(0);
}

void LinearState::settle() {
  if (!values_.defined()) return;
  ROTOR_CHECK(!recording(), "keys can be appended to others only without gradients: decode under NoGrad");
  past_.add_keys({Tensor(), keys_.turned.value(), values_.value(), Tensor(), keys_.plain.value()});
  keys_ = {};
  values_ = {};
}

void LinearState::select(std::span<const int64_t> rows) {
  settle();
  if (!past_.defined()) return;
  past_ = {gather_rows(past_.products, rows), gather_rows(past_.plain, rows)};
  rows_ = std::ssize(rows);
}

Variable LinearState::attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const {
  ROTOR_CHECK(mask.causal || !past_.defined(), "expected all keys in one block where queries see later keys");
  const auto features = kernel_.of_queries(split(q, kernel_.heads().queries, packing), at);
  const Variable context =
      linear_attention(features.turned, keys_.turned, values_, features.plain, keys_.plain, mask, past_);
  return pack(merge_heads(context), packing);
}

std::unique_ptr<AttentionKernel> make_linear_attention(const AttentionParts& parts) {
  return std::make_unique<LinearAttention>(parts);
}

}  // namespace rotor
