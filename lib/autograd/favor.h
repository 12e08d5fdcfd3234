// The feature map of FAVOR+ as an operator: softmax attention in linear time (Choromanski et al. 2021).
//
//   const FavorProjection projection(random_features(m, d, seed));
//   const Variable queries = favor_queries(q, projection, mask);
//   const FavorFeatures keys = favor_keys(k, projection, mask, past);
//   linear_attention(queries, keys.features, v, queries, keys.features, mask, past, keys.log_scales);
#pragma once

#include "autograd/variable.h"
#include "kernel/favor.h"
#include "kernel/linear_attention.h"

namespace rotor {

/// φ(q): q [B,H,T,d] -> [B,H,T,m], recomputed in the backward pass.
Variable favor_queries(const Variable& q, const FavorProjection& projection, const AttentionMask& mask);

struct FavorFeatures {
  Variable features;  ///< [B,H,T,m]
  Tensor log_scales;  ///< [B,H,T] with a causal mask, else undefined
};

/// φ(k): k [B,H,T,d], recomputed in the backward pass. `past` holds the sums over the keys before them, undefined if
/// they are the first.
FavorFeatures favor_keys(const Variable& k, const FavorProjection& projection, const AttentionMask& mask,
                         const LinearAttentionSums& past);

}  // namespace rotor
