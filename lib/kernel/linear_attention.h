// Linear attention (eq 18 and 19 of Su et al. 2021; Katharopoulos et al. 2020): o_m = Σ_n (q_m · k_n) v_n / Σ_n q'_m ·
// k'_n over the keys that query m sees. q' and k' are the features φ(q) and φ(k), which are positive; q and k are the
// same features, or the features rotated by their positions. Sums run over the keys, a chunk at a time in the causal
// case, so that time and memory grow linearly with T.
//
// Keys whose features are exponentials have a scale e^(c_n) each, which both sums multiply: Σ_n e^(c_n) (q_m · k_n) v_n
// and Σ_n e^(c_n) q'_m · k'_n. It never falls from a key to the next, and the sums S_m of the keys up to m are kept as
// S_m e^(−c_m): S_m e^(−c_m) = e^(c_(m−1) − c_m) S_(m−1) e^(−c_(m−1)) + k_m v_mᵀ. So no factor exceeds 1, and none is
// in the ratio of the sums.
#pragma once

#include "kernel/mask.h"
#include "tensor/tensor.h"

namespace rotor {

/// The inputs q, plain_q [B,H,Tq,d], k, plain_k [B,H,Tk,d], v [B,H,Tk,e], or their gradients, which have the same
/// shapes.
struct LinearAttentionInputs {
  Tensor q, k, v, plain_q, plain_k;
  Tensor log_scales{};  ///< c_n [B,H,Tk], contiguous, for causal masks; undefined: all 0. A constant for gradients.
};

/// The sums over all keys that came before: products Σ k_n v_nᵀ [B,H,d,e] and plain Σ k'_n [B,H,d], both times
/// e^(−log_scales) if the keys have scales: the last key's [B,H].
struct LinearAttentionSums {
  Tensor products, plain, log_scales{};

  bool defined() const { return products.defined(); }
  /// Adds all keys of `inputs`, whose q and plain_q are ignored; undefined sums count as zero.
  void add_keys(const LinearAttentionInputs& inputs);
};

/// Returns the context [B,H,Tq,e], laid out in memory as [B,Tq,H,e]. With a causal mask the queries have the positions
/// of the keys, and see the keys of `past` too. `denominators` [B,H,Tq] receives Σ_n q'_m · k'_n, times e^(−c_m).
/// Queries that see no key, or are padding, get 0.
Tensor linear_attention(const LinearAttentionInputs& inputs, const AttentionMask& mask, const LinearAttentionSums& past,
                        const Tensor& denominators);

/// Gradients of linear_attention without past keys, given its result and denominators.
LinearAttentionInputs linear_attention_backward(const Tensor& gradient, const LinearAttentionInputs& inputs,
                                                const AttentionMask& mask, const Tensor& context,
                                                const Tensor& denominators);

}  // namespace rotor
