// Softmax attention of one step of a search, o = softmax(q kᵀ) v. In self-attention the keys and values of a row are
// scattered over the blocks of the KV cache, one block for each position's step: reordering hypotheses changes the rows
// of the blocks that they read; no key moves. In cross-attention the hypotheses of a source are a few queries to keys
// that never change, which are transposed once.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace rotor {

/// The keys and values [rows, Hkv, d] of one position: the addresses of the first ones, and strides.
struct CachedPosition {
  const float *key, *value;
  int64_t key_row, key_head, value_row, value_head;
};

/// The KV cache of one step. Row r of the step reads row origins[r · positions + t] of position t, and query head h
/// reads head h / (H / Hkv).
struct CachedKeys {
  std::span<const CachedPosition> positions;
  std::span<const int32_t> origins;  ///< [rows, positions]
  int64_t heads;                     ///< Hkv, the number of heads of keys and values
  int64_t begin = 0;                 ///< the first position that the step sees: with a window, not all do

  int64_t size() const { return std::ssize(positions) - begin; }  ///< number of positions that the step sees
};

/// Maps q [rows, H, 1, d], scaled already, to the context, of the same shape, laid out in memory as [rows, 1, H, d].
Tensor step_attention(const Tensor& q, const CachedKeys& keys);

/// The two halves of step_attention(), for encodings that change scores or contexts. step_scores() returns the scores
/// q kᵀ [rows, H, 1, keys.size()]; step_context() returns the context, of width d, for weights of that shape.
Tensor step_scores(const Tensor& q, const CachedKeys& keys);
Tensor step_context(const Tensor& weights, int64_t width, const CachedKeys& keys);

/// Lays out keys [rows, Hkv, T, d] for memory_attention(): [rows, Hkv, d, T rounded up to whole vectors].
Tensor transposed_keys(const Tensor& k);

/// Maps q [B, H, n, d], scaled already, to the context, of the same shape, laid out in memory as [B, n, H, d]. Batch
/// row b sees the first lengths[b] keys and values of row origins[b], and query head h their head h / (H / Hkv); values
/// are [rows, Hkv, T, d] with a contiguous last axis.
Tensor memory_attention(const Tensor& q, const Tensor& transposed_keys, const Tensor& values,
                        std::span<const int32_t> origins, std::span<const int32_t> lengths);

/// The weights of memory_attention() averaged over heads, [B, n, longest]: zero from lengths[b] on.
Tensor memory_weights(const Tensor& q, const Tensor& transposed_keys, std::span<const int32_t> origins,
                      std::span<const int32_t> lengths, int64_t longest);

}  // namespace rotor
