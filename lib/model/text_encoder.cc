#include "model/text_encoder.h"

#include "autograd/elementwise.h"
#include "autograd/layers.h"

namespace rotor {

TextEncoder::TextEncoder(const TransformerOptions& o)
    : Model(o),
      embedding_(make_embedding(o.source_vocabulary, o.encoder)),
      encoder_(o.encoder, o, /*causal=*/false, /*memory_width=*/0, embedding_) {
  part("encoder.embed_tokens", *embedding_);
  part("encoder", encoder_);
}

Variable TextEncoder::encode(const TokenBatch& input, Activations activations) const {
  const Variable x = encoder_(input, Packing(input.length, input.lengths), nullptr, activations);
  return reshape(x, {-1, x.size(-1)});
}

std::unique_ptr<TextEncoder> load_text_encoder(const SafeTensors& file, std::optional<WeightType> type,
                                               const std::optional<RopeScalingOptions>& scaling) {
  std::unique_ptr<Model> model = load_for_decoding(file, type, {}, scaling);
  auto* encoder = dynamic_cast<TextEncoder*>(model.get());
  ROTOR_CHECK(encoder, "{}: expected a model that is an encoder, got one of the task {}", file.path().string(),
              model->options().task);
  model.release();
  return std::unique_ptr<TextEncoder>(encoder);
}

Variable rows_at(const Variable& x, std::span<const int32_t> places) {
  return rotor::embedding(x, places, 1, Embedding::kNoPadding);
}

}  // namespace rotor
