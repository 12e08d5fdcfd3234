#include "model/encoder_decoder.h"

#include "autograd/elementwise.h"
#include "autograd/packing.h"

namespace rotor {

EncoderDecoder::EncoderDecoder(const TransformerOptions& o)
    : Model(o),
      source_embedding_(make_embedding(o.source_vocabulary, o.encoder)),
      target_embedding_(o.share_all_embeddings ? source_embedding_ : make_embedding(o.target_vocabulary, o.decoder)),
      output_embedding_(o.share_all_embeddings || o.share_decoder_input_output_embed
                            ? target_embedding_
                            : make_embedding(o.target_vocabulary, o.decoder)),
      encoder_(o.encoder, o, /*causal=*/false, /*memory_width=*/0, source_embedding_),
      decoder_(o.decoder, o, /*causal=*/true, o.encoder.embed_dim, target_embedding_) {
  part("encoder.embed_tokens", *source_embedding_);
  part("encoder", encoder_);
  if (target_embedding_ != source_embedding_) part("decoder.embed_tokens", *target_embedding_);
  part("decoder", decoder_);
  if (output_embedding_ != target_embedding_) part("decoder.output_projection", *output_embedding_);
  set_output(output_embedding_->weight, decoder_output_bias());
}

Variable EncoderDecoder::features(const TokenBatch& source, const TokenBatch& decoder_input,
                                  Activations activations) const {
  const Packing from(source.length, source.lengths), to(decoder_input.length, decoder_input.lengths);
  const Memory memory{encoder_(source, from, nullptr, activations), from, source.lengths};
  const Variable x = decoder_(decoder_input, to, &memory, activations);
  return reshape(x, {-1, x.size(-1)});
}

Variable EncoderDecoder::encode(const TokenBatch& source) const {
  const Packing packing(source.length, source.lengths);
  return unpack(encoder_(source, packing, nullptr, Activations::kKept), packing);
}

StackState EncoderDecoder::start(const Variable& encoded, std::vector<int32_t> source_lengths) const {
  const Packing packing(encoded.size(1), source_lengths);
  const Memory memory{pack(encoded, packing), packing, std::move(source_lengths)};
  return decoder_.start(&memory);
}

}  // namespace rotor
