#include "attention/linear.h"

#include "autograd/elementwise.h"
#include "autograd/linear_attention.h"
#include "autograd/packing.h"
#include "kernel/cached_blocks.h"

namespace rotor {
namespace {

class PositiveFeatures : public FeatureMap {
 public:
  Variable of_queries(const Variable& q, const AttentionMask&) const override { return positive_features(q); }
  KeyFeatures of_keys(const Variable& k, const AttentionMask&, const LinearAttentionSums&) const override {
    return {positive_features(k), {}};
  }
};

}  // namespace

LinearAttention::LinearAttention(const AttentionParts& parts, std::unique_ptr<FeatureMap> map)
    : heads_(parts.heads),
      position_(parts.position),
      rotates_after_(parts.options.linear_rotary == "after"),
      map_(std::move(map)) {
  part("map", *map_);
}

std::unique_ptr<AttentionState> LinearAttention::once(const AttentionMask& mask) const {
  return std::make_unique<LinearState>(*this, mask);
}

std::unique_ptr<AttentionState> LinearAttention::cache() const {
  return std::make_unique<LinearState>(*this, AttentionMask{{}, {}, true});
}

LinearAttention::Features LinearAttention::of_queries(const Variable& q, Range at, const AttentionMask& mask) const {
  const Variable plain = map_->of_queries(rotates_after_ ? q : position_->on_queries(q, at), mask);
  return {rotates_after_ ? position_->on_queries(plain, at) : plain, plain};
}

LinearAttention::Features LinearAttention::of_keys(const Variable& k, Range at, const AttentionMask& mask,
                                                   const LinearAttentionSums& past) const {
  const KeyFeatures plain = map_->of_keys(rotates_after_ ? k : position_->on_keys(k, at), mask, past);
  return {rotates_after_ ? position_->on_keys(plain.features, at) : plain.features, plain.features, plain.log_scales};
}

Variable LinearState::split(const Variable& x, int64_t heads, const Packing& packing) const {
  return repeat_heads(split_heads(unpack(x, packing), heads), kernel_.heads().queries / heads);
}

void LinearState::absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) {
  settle();
  const int64_t heads = kernel_.heads().keys;
  keys_ = kernel_.of_keys(split(k, heads, packing), at, mask_, past_);
  values_ = kernel_.of_values(split(v, heads, packing), at);
  rows_ = values_.size(0);
}

void LinearState::settle() {
  if (!values_.defined()) return;
  ROTOR_CHECK(!recording(), "keys can be appended to others only without gradients: decode under NoGrad");
  past_.add_keys({Tensor(), keys_.turned.value(), values_.value(), Tensor(), keys_.plain.value(), keys_.log_scales});
  keys_ = {};
  values_ = {};
}

void LinearState::select(std::span<const int64_t> rows) {
  settle();
  if (!past_.defined()) return;
  const auto gather = [&](const Tensor& x) { return x.defined() ? gather_rows(x, rows) : x; };
  past_ = {gather(past_.products), gather(past_.plain), gather(past_.log_scales)};
  rows_ = std::ssize(rows);
}

Variable LinearState::attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const {
  ROTOR_CHECK(mask.causal || !past_.defined(), "expected all keys in one block where queries see later keys");
  const auto features = kernel_.of_queries(split(q, kernel_.heads().queries, packing), at, mask);
  const Variable context = linear_attention(features.turned, keys_.turned, values_, features.plain, keys_.plain, mask,
                                            past_, keys_.log_scales);
  return pack(merge_heads(context), packing);
}

std::unique_ptr<AttentionKernel> make_linear_attention(const AttentionParts& parts) {
  return std::make_unique<LinearAttention>(parts, std::make_unique<PositiveFeatures>());
}

}  // namespace rotor
