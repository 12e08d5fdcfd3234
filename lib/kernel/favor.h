// The feature map of FAVOR+ (Choromanski et al. 2021, "Rethinking Attention with Performers", lemma 1 and section 2.4):
//
//   φ(x) = m^(−1/2) (e^(h − s) + ε),  h = w x' − |x'|²/2,  x' = x d^(−1/4)
//
// for a head's query or key x [d] and random vectors w [m, d] ("random_features.h"), so that φ(q) · φ(k) estimates
// e^(q·k/√d) up to the factors e^(−s), with which it neither overflows nor vanishes. Of a query, s is the largest h of
// its own features; a factor of one query's features changes nothing in attention. Of a key, s is the largest h of all
// features of the keys that count: the sentence's, if queries see all of them, else those up to the key itself, since
// later ones are the future. In that case the map returns s of every key, as the log scales of "linear_attention.h":
// the features of key n stand for e^(s_n) φ(k_n), to which ε adds ε e^(s_n). A result therefore depends neither on
// padding nor on how many positions came in one call.
#pragma once

#include "kernel/mask.h"
#include "tensor/tensor.h"

namespace rotor {

inline constexpr float kFavorEpsilon = 1e-6f;

/// Random vectors w [m, d] in the layouts that products read, and ε.
struct FavorProjection {
  FavorProjection() = default;
  explicit FavorProjection(const Tensor& w, float epsilon = kFavorEpsilon);

  int64_t features() const { return w.size(0); }
  int64_t width() const { return w.size(1); }

  Tensor w;         ///< [m, d], contiguous
  Tensor by_width;  ///< wᵀ d^(−1/4) [d, m rounded up to whole vectors], zeros in the last columns
  float epsilon = kFavorEpsilon;
};

/// Maps q [B,H,T,d] to φ(q) [B,H,T,m], laid out in memory as [B,T,H,m]; 0 where queries are padding.
Tensor favor_queries(const Tensor& q, const FavorProjection& projection, const AttentionMask& mask);

struct FavorKeys {
  Tensor features;    ///< φ(k) [B,H,T,m], laid out in memory as [B,T,H,m]; 0 where keys are padding
  Tensor log_scales;  ///< s [B,H,T] with a causal mask, else undefined
};

/// Maps keys k [B,H,T,d] to their features. With a causal mask the keys have the positions of the queries, so those
/// past query_lengths are padding too; `past` [B,H], if defined, holds the last log scales of the keys before them.
FavorKeys favor_keys(const Tensor& k, const FavorProjection& projection, const AttentionMask& mask, const Tensor& past);

/// The gradient with respect to x of favor_queries or favor_keys, given their result and that of all features. s is a
/// constant: attention divides every other trace of it away, so its gradient would be of the order of ε.
Tensor favor_backward(const Tensor& gradient, const Tensor& x, const Tensor& features,
                      const FavorProjection& projection);

}  // namespace rotor
