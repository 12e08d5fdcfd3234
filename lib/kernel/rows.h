// Kernels that work row by row: layer norm, RMS norm, masked softmax, label-smoothed cross-entropy and sums over rows.
// One thread computes each row; sums over rows go through partial sums of fixed blocks, so results do not depend on the
// number of threads.
#pragma once

#include <span>

#include "kernel/mask.h"
#include "tensor/tensor.h"

namespace rotor {

/// out[N] = beta · out + the sum of the rows of x [..., N].
void sum_rows(const Tensor& x, const Tensor& out, float beta);

/// y = (x − mean) / √(variance + ε) · weight + bias over the last axis (Ba et al. 2016). `statistics` [2, M] receives
/// the mean and 1 / √(variance + ε) of each row.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& statistics,
                  float epsilon = 1e-5f);

/// The gradients of layer_norm: returns d x and adds d weight and d bias to `d_weight` and `d_bias` [N].
Tensor layer_norm_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& statistics,
                           const Tensor& d_weight, const Tensor& d_bias);

/// y = x / √(mean of x² + ε) · weight over the last axis (Zhang and Sennrich 2019, eq 4). `scales` [M] receives
/// 1 / √(mean of x² + ε) of each row.
Tensor rms_norm(const Tensor& x, const Tensor& weight, const Tensor& scales, float epsilon);

/// The gradients of rms_norm: returns d x and adds d weight to `d_weight` [N].
Tensor rms_norm_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& scales,
                         const Tensor& d_weight);

/// Softmax over the last axis of scores [B, H, Tq, Tk], of the keys that each query sees; the others get 0.
Tensor masked_softmax(const Tensor& scores, const AttentionMask& mask);

/// The gradient of softmax: w · (g − Σ w g) by row.
Tensor softmax_backward(const Tensor& gradient, const Tensor& weights);

/// log softmax of each row of x [M, N].
Tensor log_softmax(const Tensor& x);

/// to[r] = log softmax of row r of logits [M, V] at targets[r].
void log_likelihoods(const Tensor& logits, std::span<const int32_t> targets, std::span<float> to);

struct CrossEntropy {
  double loss = 0, nll = 0;  ///< summed over the rows, in nats
};

/// Label-smoothed cross-entropy of each row of logits [M, V] as fairseq defines it:
/// (1 − ε − ε/(V−1)) · nll + ε/(V−1) · Σ_v −log p_v. Overwrites the logits with the gradient p − target distribution.
CrossEntropy cross_entropy_in_place(const Tensor& logits, std::span<const int32_t> targets, float epsilon);

}  // namespace rotor
