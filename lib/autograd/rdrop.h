// R-Drop (Liang et al. 2021): two passes under different dropout are made to agree. The loss of each token is the sum
// of the label-smoothed cross-entropies of both passes and of α · ½ (KL(p‖q) + KL(q‖p)), as in fairseq's
// label_smoothed_cross_entropy_with_rdrop.
#pragma once

#include "autograd/losses.h"

namespace rotor {

/// features [2N, D] holds the features of the targets [N] in the first pass and then in the second; weight [V, D], bias
/// [V] or undefined. The loss is summed over the targets; `nll` is the mean of both passes. At no time are the logits
/// of more than a few hundred targets in memory.
Loss projected_rdrop(const Variable& features, const Variable& weight, std::span<const int32_t> targets, float epsilon,
                     float alpha, const Variable& bias = {});

}  // namespace rotor
