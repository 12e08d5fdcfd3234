#include "train/criterion.h"

#include "autograd/rdrop.h"

namespace rotor {
namespace {

/// The sentences, and all of them once more.
TokenBatch twice(TokenBatch batch) {
  batch.rows *= 2;
  batch.ids.insert(batch.ids.end(), batch.ids.begin(), batch.ids.end());
  batch.lengths.insert(batch.lengths.end(), batch.lengths.begin(), batch.lengths.end());
  return batch;
}

}  // namespace

Loss label_smoothed_cross_entropy(const Transformer& model, const Batch& batch, double label_smoothing,
                                  Activations activations) {
  const Variable features = model.features(batch.source, batch.decoder_input, activations);  // [tokens, D]
  return projected_cross_entropy(features, model.output(), batch.target.packed(), static_cast<float>(label_smoothing));
}

Criterion make_criterion(const OptimizationOptions& o) {
  const auto activations = o.checkpoint_activations ? Activations::kRecomputed : Activations::kKept;
  const auto epsilon = static_cast<float>(o.label_smoothing), alpha = static_cast<float>(o.rdrop_alpha);
  if (alpha == 0) {
    return [=](const Transformer& model, const Batch& batch) {
      return label_smoothed_cross_entropy(model, batch, epsilon, activations);
    };
  }
  return [=](const Transformer& model, const Batch& batch) {
    const Variable features = model.features(twice(batch.source), twice(batch.decoder_input), activations);
    return projected_rdrop(features, model.output(), batch.target.packed(), epsilon, alpha);  // [2 · tokens, D]
  };
}

}  // namespace rotor
