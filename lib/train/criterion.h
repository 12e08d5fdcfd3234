// The training criterion: label-smoothed cross-entropy of a batch under a model, as fairseq's
// label_smoothed_cross_entropy (Szegedy et al. 2016; Vaswani et al. 2017).
#pragma once

#include "data/batches.h"
#include "model/transformer.h"

namespace rotor {

/// The loss of a batch, in nats, summed over its target tokens.
Loss label_smoothed_cross_entropy(const Transformer& model, const Batch& batch, double label_smoothing,
                                  Activations activations = Activations::kKept);

}  // namespace rotor
