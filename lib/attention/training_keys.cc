#include "attention/training_keys.h"

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "autograd/packing.h"

namespace rotor {

TrainingKeys::TrainingKeys(const SoftmaxAttention& kernel) : kernel_(kernel) {
  const Touches touches = kernel.position().touches();
  stays_packed_ = !touches.heads && !touches.scores;
}

void TrainingKeys::absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) {
  ROTOR_CHECK(rows_ == 0, "expected all keys in one block: decode with a cache");
  if (stays_packed_ && packing.active()) {
    k_ = k;
    v_ = v;
    packing_ = packing;
    rows_ = packing.rows();
  } else {
    k_ = kernel_.position().on_keys(kernel_.split(k, packing), at);
    v_ = kernel_.position().on_values(kernel_.split(v, packing), at);
    rows_ = k_.size(0);
  }
}

Variable TrainingKeys::attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const {
  if (stays_packed_ && packing.active()) {
    const auto& [queries, keys, width] = kernel_.heads();
    return fused_attention({q, packing, queries}, {k_, packing_, keys}, {v_, packing_, keys}, kernel_.windowed(mask),
                           kernel_.dropout(), kernel_.scale());
  }
  const auto padded = [&](const Variable& x) { return packing_.active() ? kernel_.split(x, packing_) : x; };
  const Variable context = kernel_.attend(kernel_.queries(q, at, packing), padded(k_), padded(v_), at, mask);
  return pack(merge_heads(context), packing);
}

void TrainingKeys::select(std::span<const int64_t>) {
  fail("expected to train on the rows as they came, got others: decode with a cache");
}

}  // namespace rotor
