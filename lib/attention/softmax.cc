#include "attention/softmax.h"

#include <algorithm>
#include <cmath>

#include "attention/fixed_memory.h"
#include "attention/key_value_cache.h"
#include "attention/training_keys.h"
#include "autograd/columns.h"
#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "autograd/packing.h"

namespace rotor {

SoftmaxAttention::SoftmaxAttention(const AttentionParts& parts)
    : heads_(parts.heads),
      position_(parts.position),
      scale_(1 / std::sqrt(static_cast<float>(parts.heads.width))),
      dropout_(static_cast<float>(parts.options.dropout)),
      window_(parts.options.window) {}

std::unique_ptr<AttentionState> SoftmaxAttention::once(const AttentionMask& /*mask*/) const {
  return std::make_unique<TrainingKeys>(*this);
}

std::unique_ptr<AttentionState> SoftmaxAttention::cache() const {
  return std::make_unique<KeyValueCache>(*this);
}

std::unique_ptr<AttentionMemory> SoftmaxAttention::memory() const {
  return std::make_unique<FixedMemory>(*this);
}

AttentionMask SoftmaxAttention::windowed(AttentionMask mask, int64_t first_key) const {
  mask.window = window_;
  mask.first_query -= first_key;
  for (int32_t& keys : mask.key_lengths) keys = static_cast<int32_t>(std::max<int64_t>(0, keys - first_key));
  return mask;
}

Variable SoftmaxAttention::split(const Variable& x, const Packing& packing) const {
  return split_heads(unpack(x, packing), heads_.keys);
}

Variable SoftmaxAttention::queries(const Variable& q, Range at, const Packing& packing) const {
  const Variable heads =
      position_->on_queries(rotor::scale(split_heads(unpack(q, packing), heads_.queries), scale_), at);
  const int64_t columns = position_->touches().key_columns;
  if (columns == 0) return heads;
  return join_columns(heads, Tensor::zeros({heads.size(0), heads.size(1), heads.size(2), columns}));
}

Variable SoftmaxAttention::attend(const Variable& queries, const Variable& k, const Variable& v, Range at,
                                  const AttentionMask& mask, int64_t first_key) const {
  const AttentionMask seen = windowed(mask, first_key);
  if (!position_->touches().scores) return fused_attention(queries, k, v, seen, dropout_);
  const Range keys{first_key, k.size(2)};
  const Variable all_k = repeat_heads(k, heads_.group()), all_v = repeat_heads(v, heads_.group());
  Variable scores = matmul(queries, transpose(all_k, 2, 3));  // [rows,H,Tq,Tk]
  scores = position_->on_scores(scores, queries, all_k, at, keys);
  const Variable weights = rotor::dropout(masked_softmax(scores, seen), dropout_);
  return position_->on_context(matmul(weights, all_v), weights, at, keys);
}

std::unique_ptr<AttentionKernel> make_softmax_attention(const AttentionParts& parts) {
  return std::make_unique<SoftmaxAttention>(parts);
}

}  // namespace rotor
