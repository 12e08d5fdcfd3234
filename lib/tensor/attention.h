// Fused softmax attention, o = softmax(q kᵀ) v with mask and dropout, one head of one sentence at a time, so that
// scores and weights live in the cache and no [B,H,Tq,Tk] tensor exists. Padding is not computed. q is scaled already.
//
// Layout: tensors [B, H, T, d] whose last axis is contiguous; results lie in memory as [B, T, H, d], so that merging
// the heads is a view.
#pragma once

#include "tensor/dropout.h"
#include "tensor/mask.h"
#include "tensor/tensor.h"

namespace rotor {

/// The context [B, H, Tq, d]. `log_sums` [B, H, Tq], if defined, receives log Σ e^score of each query for the backward.
/// Queries that see no key, or are padding, get 0.
Tensor fused_attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionMask& mask,
                       const Dropout& dropout, const Tensor& log_sums);

struct AttentionGradients {
  Tensor q, k, v;
};

/// Gradients of fused_attention given its result and log sums; the weights are computed again.
AttentionGradients fused_attention_backward(const Tensor& gradient, const Tensor& q, const Tensor& k, const Tensor& v,
                                            const AttentionMask& mask, const Dropout& dropout, const Tensor& context,
                                            const Tensor& log_sums);

}  // namespace rotor
