// R-Drop (Liang et al. 2021): two passes under different dropout are to agree. Of the features of each token in both,
// the loss is both label-smoothed cross-entropies and α · ½ (KL(p‖q) + KL(q‖p)), as fairseq's
// label_smoothed_cross_entropy_with_rdrop.
#pragma once

#include "autograd/layers.h"

namespace rotor {

/// features [2N, D], those of the targets [N] in one pass and then in the other; weight [V, D]. The loss is summed over
/// the targets; `nll` is the mean of both passes. Never holds the logits of more than a few hundred targets.
Loss projected_rdrop(const Variable& features, const Variable& weight, std::span<const int32_t> targets, float epsilon,
                     float alpha);

}  // namespace rotor
