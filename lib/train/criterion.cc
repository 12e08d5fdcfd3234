#include "train/criterion.h"

#include "autograd/elementwise.h"

namespace rotor {

Loss label_smoothed_cross_entropy(const Transformer& model, const Batch& batch, double label_smoothing) {
  DecoderState state = model.start(model.encode(batch.source), batch.source.lengths);
  const Variable features = model.decode(batch.decoder_input, state);                  // [B, T, D]
  const Variable rows = reshape(features, {features.size(0) * features.size(1), -1});  // [B·T, D]
  return projected_cross_entropy(rows, model.output(), batch.target.ids, static_cast<float>(label_smoothing), kPad);
}

}  // namespace rotor
