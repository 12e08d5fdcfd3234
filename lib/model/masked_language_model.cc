#include "model/masked_language_model.h"

namespace rotor {

MaskedLanguageModel::MaskedLanguageModel(const TransformerOptions& o)
    : TextEncoder(o),
      dense_(width(), width(), uniform_by_input(width()), uniform_by_input(width())),
      norm_(width(), o.norm) {
  part("lm_head.dense", dense_);
  part("lm_head.layer_norm", norm_);
  set_output(embedding().weight, parameter("lm_head.bias", {o.source_vocabulary}, zeros()));
}

Variable MaskedLanguageModel::features(const TokenBatch& input, std::span<const int32_t> places,
                                       Activations activations) const {
  return norm_(gelu(dense_(rows_at(encode(input, activations), places))));
}

}  // namespace rotor
