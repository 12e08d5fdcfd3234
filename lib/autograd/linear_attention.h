// Linear attention as an operator, and its feature map.
#pragma once

#include "autograd/variable.h"
#include "kernel/linear_attention.h"

namespace rotor {

/// φ(x) = x + 1 for x > 0, e^x otherwise: elu(x) + 1, written so that float32 keeps it positive (Katharopoulos et al.
/// 2020).
Variable positive_features(const Variable& x);

/// The features of keys, and what they are scaled by.
struct KeyFeatures {
  Variable features;  ///< [B,H,T,m]
  Tensor log_scales;  ///< c [B,H,T]; undefined: all 0
};

/// Σ_n e^(c_n) (q_m · k_n) v_n / Σ_n e^(c_n) plain_q_m · plain_k_n over the keys that query m sees, those of `past`
/// included: q, plain_q [B,H,Tq,d], k, plain_k [B,H,Tk,d], v [B,H,Tk,e] -> [B,H,Tq,e]. Past keys are for decoding,
/// without gradients. `log_scales` holds c [B,H,Tk], constants that never fall from a key to the next, with a causal
/// mask only; undefined: all 0.
Variable linear_attention(const Variable& q, const Variable& k, const Variable& v, const Variable& plain_q,
                          const Variable& plain_k, const AttentionMask& mask, const LinearAttentionSums& past,
                          const Tensor& log_scales = {});

}  // namespace rotor
