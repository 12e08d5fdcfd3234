// The divergence of two distributions from each other, for losses that make two passes agree.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// Returns ½ Σ (p − q) (log p − log q), in nats, summed over the rows of two tensors of log-probabilities [M, V]: half
/// of KL(p‖q) + KL(q‖p). Adds its gradients with respect to the logits of both, times α, to `d_p` and `d_q`:
/// α/2 · (p (log p − log q − KL(p‖q)) + p − q), and the other way round.
double symmetric_divergence(const Tensor& log_p, const Tensor& log_q, float alpha, const Tensor& d_p,
                            const Tensor& d_q);

}  // namespace rotor
