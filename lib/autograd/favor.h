// The feature map of FAVOR+ as an operator: softmax attention in linear time (Choromanski et al. 2021).
//
//   const FavorProjection projection(random_features(m, d, seed));
//   const Variable queries = favor_queries(q, projection, mask);
//   const KeyFeatures keys = favor_keys(k, projection, mask, past);
//   linear_attention(queries, keys.features, v, queries, keys.features, mask, past, keys.log_scales);
#pragma once

#include "autograd/linear_attention.h"
#include "kernel/favor.h"

namespace rotor {

/// φ(q): q [B,H,T,d] -> [B,H,T,m], recomputed in the backward pass.
Variable favor_queries(const Variable& q, const FavorProjection& projection, const AttentionMask& mask);

/// φ(k): k [B,H,T,d], recomputed in the backward pass. Keys have scales with a causal mask only. `past` holds the sums
/// over the keys before them, undefined if they are the first.
KeyFeatures favor_keys(const Variable& k, const FavorProjection& projection, const AttentionMask& mask,
                       const LinearAttentionSums& past);

}  // namespace rotor
