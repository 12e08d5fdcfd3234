#include "model/model.h"

#include <cmath>

#include "model/encoder_decoder.h"
#include "model/language_model.h"

namespace rotor {

std::shared_ptr<Embedding> Model::make_embedding(int64_t vocabulary, const StackOptions& stack) const {
  const float factor = options_.scale_embedding ? std::sqrt(static_cast<float>(stack.embed_dim)) : 1;
  return std::make_shared<Embedding>(vocabulary, stack.embed_dim, options_.tokens.pad, factor);
}

std::unique_ptr<Model> make_model(const TransformerOptions& options) {
  if (options.task == kLanguageModeling) return std::make_unique<LanguageModel>(options);
  return std::make_unique<EncoderDecoder>(options);
}

}  // namespace rotor
