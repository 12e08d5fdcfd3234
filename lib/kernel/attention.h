// Fused softmax attention, o = softmax(scale · q kᵀ) v with mask and dropout, one head of one sentence at a time, so
// that scores and weights live in the cache and no [B,H,Tq,Tk] tensor exists. Padding is not computed, and packed
// tokens ("heads.h") need not be unpacked. With fewer heads of keys and values than of queries, query head h attends to
// head h / (H / Hkv) (Ainslie et al. 2023, "GQA").
#pragma once

#include "kernel/dropout.h"
#include "kernel/heads.h"
#include "kernel/mask.h"
#include "tensor/tensor.h"

namespace rotor {

/// Returns the context, in the form of q. `log_sums` [B, H, Tq], if defined, receives log Σ e^score of each query for
/// the backward pass. Queries that see no key, or are padding, get 0.
Tensor fused_attention(const Heads& q, const Heads& k, const Heads& v, const AttentionMask& mask,
                       const Dropout& dropout, const Tensor& log_sums, float scale = 1);

struct AttentionGradients {
  Tensor q, k, v;
};

/// Gradients of fused_attention given its log sums, each in the form of its input; the weights are recomputed.
AttentionGradients fused_attention_backward(const Tensor& gradient, const Heads& q, const Heads& k, const Heads& v,
                                            const AttentionMask& mask, const Dropout& dropout, const Tensor& log_sums,
                                            float scale = 1);

}  // namespace rotor
