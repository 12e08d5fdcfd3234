// Softmax attention of a step of a search, o = softmax(q kᵀ) v. In self-attention the keys and values of a row lie
// scattered, each position's in the block that its step made: hypotheses are reordered by changing which row of a block
// they look at; no key moves. In cross-attention the hypotheses of a source are a few queries to keys that never
// change, which are transposed once.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace rotor {

/// The keys and values [rows, H, d] of one position: addresses of the first, and strides.
struct CachedPosition {
  const float *key, *value;
  int64_t key_row, key_head, value_row, value_head;
};

/// q [rows, H, 1, d], scaled already -> the context, of the same shape, in memory [rows, 1, H, d]. Row r sees row
/// origins[r · positions + t] of position t.
Tensor step_attention(const Tensor& q, std::span<const CachedPosition> positions, std::span<const int32_t> origins);

/// Its two halves, for what changes scores or contexts: the scores q kᵀ [rows, H, 1, positions], and the context of
/// weights of that shape, width d.
Tensor step_scores(const Tensor& q, std::span<const CachedPosition> positions, std::span<const int32_t> origins);
Tensor step_context(const Tensor& weights, int64_t width, std::span<const CachedPosition> positions,
                    std::span<const int32_t> origins);

/// Keys [rows, H, T, d] as memory_attention() reads them: [rows, H, d, T up to whole vectors].
Tensor transposed_keys(const Tensor& k);

/// q [B, H, n, d], scaled already -> the context, of the same shape, in memory [B, n, H, d]. Batch row b sees the first
/// lengths[b] keys and values of row origins[b]; values are [rows, H, T, d] with a contiguous last axis.
Tensor memory_attention(const Tensor& q, const Tensor& transposed_keys, const Tensor& values,
                        std::span<const int32_t> origins, std::span<const int32_t> lengths);

/// The weights of memory_attention() averaged over heads, [B, n, longest]: zero from lengths[b] on.
Tensor memory_weights(const Tensor& q, const Tensor& transposed_keys, std::span<const int32_t> origins,
                      std::span<const int32_t> lengths, int64_t longest);

}  // namespace rotor
