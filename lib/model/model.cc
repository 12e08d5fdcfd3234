#include "model/model.h"

#include <cmath>

#include "model/classifier.h"
#include "model/encoder_decoder.h"
#include "model/language_model.h"
#include "model/masked_language_model.h"
#include "model/sentence_encoder.h"

namespace rotor {

std::shared_ptr<Embedding> Model::make_embedding(int64_t vocabulary, const StackOptions& stack) const {
  const float factor = options_.scale_embedding ? std::sqrt(static_cast<float>(stack.embed_dim)) : 1;
  return std::make_shared<Embedding>(vocabulary, stack.embed_dim, options_.tokens.pad, factor);
}

Variable Model::decoder_output_bias() {
  if (!options_.output_bias) return {};
  return parameter("decoder.output_projection.bias", {options_.target_vocabulary}, zeros());
}

void Model::initialise(uint64_t seed) {
  Module::initialise(seed);
  const double deviation = options_.initial_deviation;
  if (deviation == 0) return;
  for (const NamedParameter& parameter : parameters()) {
    const Tensor& x = parameter.variable.value();
    Random random(derive(seed, parameter.name));
    if (x.rank() >= 2) normal(deviation)(x.span(), random);
    if (parameter.name.ends_with("bias")) zeros()(x.span(), random);
    if (parameter.name.ends_with("embed_tokens.weight")) x.narrow(0, options_.tokens.pad, 1).fill(0);
  }
}

std::unique_ptr<Model> make_model(const TransformerOptions& options) {
  if (options.task == kLanguageModeling) return std::make_unique<LanguageModel>(options);
  if (options.task == kMaskedLm) return std::make_unique<MaskedLanguageModel>(options);
  if (options.has_head()) return std::make_unique<Classifier>(options);
  if (options.task == kSentenceEncoding) return std::make_unique<SentenceEncoder>(options);
  return std::make_unique<EncoderDecoder>(options);
}

}  // namespace rotor
