#include "attention/fixed_memory.h"

#include <numeric>

#include "autograd/elementwise.h"
#include "autograd/packing.h"
#include "kernel/step_attention.h"

namespace rotor {

void FixedMemory::absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) {
  ROTOR_CHECK(!recording(), "a memory is kept without gradients: decode under NoGrad");
  ROTOR_CHECK(length_ == 0, "expected the whole memory in one block, {} keys are there", length_);
  const Tensor keys = kernel_.position().on_keys(kernel_.split(k, packing), at).value();
  transposed_keys_ = transposed_keys(keys);
  values_ = kernel_.position().on_values(kernel_.split(v, packing), at).value();
  length_ = keys.size(2);
  origins_.resize(keys.size(0));
  std::iota(origins_.begin(), origins_.end(), 0);
}

Tensor FixedMemory::queries(const Variable& q, Range at, const Packing& packing) const {
  const Variable padded = reshape(unpack(q, packing), {-1, at.size, q.size(q.rank() - 1)});
  const Variable merged = merge_heads(kernel_.queries(padded, at, Packing()));
  return split_heads(reshape(merged, {rows(), -1, merged.size(2)}), kernel_.heads().queries).value();
}

Variable FixedMemory::attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const {
  const Tensor context =
      memory_attention(queries(q, at, packing), transposed_keys_, values_, origins_, mask.key_lengths);
  const Variable padded = unpack(q, packing);
  return pack(reshape(merge_heads(context), padded.shape()), packing);
}

Tensor FixedMemory::weights(const Variable& q, Range at, const AttentionMask& mask) const {
  const Tensor weights =
      memory_weights(queries(q, at, Packing()), transposed_keys_, origins_, mask.key_lengths, length_);
  return weights.reshape({-1, length_});
}

void FixedMemory::select(std::span<const int64_t> rows) {
  std::vector<int32_t> origins;
  for (const int64_t row : rows) origins.push_back(origins_[row]);
  origins_ = std::move(origins);
}

}  // namespace rotor
