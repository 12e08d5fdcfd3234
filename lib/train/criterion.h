// The training criterion: label-smoothed cross-entropy of a batch under a model, as fairseq's
// label_smoothed_cross_entropy (Szegedy et al. 2016; Vaswani et al. 2017), or with --rdrop-alpha two passes under
// different dropout that are made to agree, as in its label_smoothed_cross_entropy_with_rdrop (Liang et al. 2021).
#pragma once

#include <functional>

#include "autograd/losses.h"
#include "data/batches.h"
#include "model/transformer.h"
#include "train/options.h"

namespace rotor {

/// The loss of a batch, in nats, summed over its target tokens.
using Criterion = std::function<Loss(const Transformer& model, const Batch& batch)>;

/// Returns the loss that training minimises under the options.
Criterion make_criterion(const OptimizationOptions& options);

Loss label_smoothed_cross_entropy(const Transformer& model, const Batch& batch, double label_smoothing,
                                  Activations activations = Activations::kKept);

}  // namespace rotor
