#include "train/criterion.h"

namespace rotor {

Loss label_smoothed_cross_entropy(const Transformer& model, const Batch& batch, double label_smoothing,
                                  Activations activations) {
  const Variable features = model.features(batch.source, batch.decoder_input, activations);  // [tokens, D]
  return projected_cross_entropy(features, model.output(), batch.target.packed(), static_cast<float>(label_smoothing));
}

}  // namespace rotor
