// Differentiable functions of matrices: products, embedding, norms, softmax and attention.
#pragma once

#include <span>

#include "autograd/variable.h"
#include "kernel/mask.h"
#include "kernel/packing.h"

namespace rotor {

/// Returns y = x Wᵀ + b: x [..., in], weight [out, in], bias [out] or undefined -> [..., out].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);
/// max(x Wᵀ + b, 0).
Variable linear_relu(const Variable& x, const Variable& weight, const Variable& bias);

/// a [..., M, K] · b [..., K, N]; equal leading axes.
Variable matmul(const Variable& a, const Variable& b);

/// The rows of weight [V, D] at `ids`, times `factor` -> [ids, D]. The row `padding` gets no gradient.
Variable embedding(const Variable& weight, std::span<const int32_t> ids, float factor, int32_t padding);

/// (x − mean) / √(variance + ε) · weight + bias over the last axis (Ba et al. 2016).
Variable layer_norm(const Variable& x, const Variable& weight, const Variable& bias, float epsilon = 1e-5f);
/// x / √(mean of x² + ε) · weight over the last axis (Zhang and Sennrich 2019, "Root Mean Square Layer Normalization").
Variable rms_norm(const Variable& x, const Variable& weight, float epsilon);

/// Softmax over the keys that each query sees: scores [B, H, Tq, Tk].
Variable masked_softmax(const Variable& scores, const AttentionMask& mask);

/// softmax(scale · q kᵀ) v with dropout on the weights, fused: q [B, H, Tq, d], k, v [B, Hkv, Tk, d] -> like q. Query
/// head h uses head h / (H / Hkv) of keys and values.
Variable fused_attention(const Variable& q, const Variable& k, const Variable& v, const AttentionMask& mask,
                         float dropout, float scale = 1);

/// Queries, keys or values: packed tokens [tokens, H·d] of `heads` heads if their packing is active, else [B, H, T, d].
struct AttentionInput {
  const Variable& x;
  const Packing& packing;
  int64_t heads = 0;  ///< H of packed tokens; otherwise the tensor has it
};

/// Fused attention, as above, for packed or padded inputs -> in the form of q.
Variable fused_attention(const AttentionInput& q, const AttentionInput& k, const AttentionInput& v,
                         const AttentionMask& mask, float dropout, float scale);

}  // namespace rotor
