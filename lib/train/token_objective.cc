#include "train/token_objective.h"

#include "train/token_validator.h"

namespace rotor {

BatchLoss TokenObjective::loss(const Batch& batch) const {
  const OptimizationOptions& o = options().optimization;
  const auto activations = o.checkpoint_activations ? Activations::kRecomputed : Activations::kKept;
  const Loss loss = training_loss(features(activations), model().output(), batch, o);
  return {loss.loss, loss.nll, batch.target_tokens, batch.tokens()};
}

std::unique_ptr<Validator> TokenObjective::validator(const BatchOptions& batches) const {
  if (!valid()) return nullptr;
  return std::make_unique<TokenValidator>(features(Activations::kKept), model().output(), *valid(), batches,
                                          options().optimization.label_smoothing);
}

}  // namespace rotor
