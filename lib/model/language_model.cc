#include "model/language_model.h"

#include "autograd/elementwise.h"

namespace rotor {

LanguageModel::LanguageModel(const TransformerOptions& o)
    : Model(o),
      embedding_(make_embedding(o.target_vocabulary, o.decoder)),
      output_embedding_(o.share_decoder_input_output_embed ? embedding_
                                                           : make_embedding(o.target_vocabulary, o.decoder)),
      decoder_(o.decoder, o, /*causal=*/true, /*memory_width=*/0, embedding_) {
  part("decoder.embed_tokens", *embedding_);
  part("decoder", decoder_);
  if (output_embedding_ != embedding_) part("decoder.output_projection", *output_embedding_);
  set_output(output_embedding_->weight, decoder_output_bias());
}

Variable LanguageModel::features(const TokenBatch& input, Activations activations) const {
  const Variable x = decoder_(input, Packing(input.length, input.lengths), nullptr, activations);
  return reshape(x, {-1, x.size(-1)});
}

}  // namespace rotor
