// The training criterion of models that predict tokens: label-smoothed cross-entropy, as fairseq's
// label_smoothed_cross_entropy (Szegedy et al. 2016; Vaswani et al. 2017), or with --rdrop-alpha two passes under
// different dropout that are made to agree, as in its label_smoothed_cross_entropy_with_rdrop (Liang et al. 2021).
#pragma once

#include <functional>

#include "autograd/losses.h"
#include "data/batch.h"
#include "model/encoder_decoder.h"
#include "model/language_model.h"
#include "model/masked_language_model.h"
#include "train/options.h"

namespace rotor {

/// The features [targets, D] from which the tokens of a batch's target are predicted, row after row without padding.
using Features = std::function<Variable(const Batch& batch)>;

/// The features that a model computes for a batch.
Features features_of(const EncoderDecoder& model, Activations activations = Activations::kKept);
Features features_of(const LanguageModel& model, Activations activations = Activations::kKept);
Features features_of(const MaskedLanguageModel& model, Activations activations = Activations::kKept);

/// The cross-entropy of a batch in one pass, in nats, summed over its target tokens. `output` maps features to
/// scores of tokens.
Loss label_smoothed_cross_entropy(const Features& features, const OutputLayer& output, const Batch& batch,
                                  double label_smoothing);

/// The loss that training minimises under the options, summed in the same way; R-Drop makes two passes.
Loss training_loss(const Features& features, const OutputLayer& output, const Batch& batch,
                   const OptimizationOptions& options);

}  // namespace rotor
