#include "train/criterion.h"

#include "autograd/rdrop.h"

namespace rotor {
namespace {

/// The sentences, and all of them once more.
TokenBatch twice(TokenBatch batch) {
  batch.rows *= 2;
  batch.ids.insert(batch.ids.end(), batch.ids.begin(), batch.ids.end());
  batch.lengths.insert(batch.lengths.end(), batch.lengths.begin(), batch.lengths.end());
  batch.types.insert(batch.types.end(), batch.types.begin(), batch.types.end());
  return batch;
}

}  // namespace

Features features_of(const EncoderDecoder& model, Activations activations) {
  return [&model, activations](const Batch& batch) {
    return model.features(batch.source, batch.decoder_input, activations);
  };
}

Features features_of(const LanguageModel& model, Activations activations) {
  return [&model, activations](const Batch& batch) { return model.features(batch.decoder_input, activations); };
}

Features features_of(const MaskedLanguageModel& model, Activations activations) {
  return [&model, activations](const Batch& batch) { return model.features(batch.source, batch.places, activations); };
}

Loss label_smoothed_cross_entropy(const Features& features, const OutputLayer& output, const Batch& batch,
                                  double label_smoothing) {
  return projected_cross_entropy(features(batch), output.weight, batch.target.packed(),
                                 static_cast<float>(label_smoothing), output.bias);
}

Loss training_loss(const Features& features, const OutputLayer& output, const Batch& batch,
                   const OptimizationOptions& o) {
  if (o.rdrop_alpha == 0) return label_smoothed_cross_entropy(features, output, batch, o.label_smoothing);
  Batch both;
  both.source = twice(batch.source);
  both.decoder_input = twice(batch.decoder_input);
  both.places = batch.places;
  for (const int32_t place : batch.places) both.places.push_back(place + static_cast<int32_t>(batch.source_tokens));
  return projected_rdrop(features(both), output.weight, batch.target.packed(), static_cast<float>(o.label_smoothing),
                         static_cast<float>(o.rdrop_alpha), output.bias);
}

}  // namespace rotor
