// The StepModel of an encoder and decoder: sources are encoded once, and the decoder's hypotheses attend to them.
#pragma once

#include "model/encoder_decoder.h"
#include "search/decoder_steps.h"

namespace rotor {

class EncoderDecoderSteps : public DecoderSteps<EncoderDecoder> {
 public:
  /// `model` must outlive this.
  EncoderDecoderSteps(const EncoderDecoder& model, const SpecialTokens& specials) : DecoderSteps(model, specials) {}

  int64_t begin(std::span<const SearchInput> inputs) override;
  void keep(std::span<const int64_t> inputs) override;
  /// The attention of the last layer, averaged over heads.
  Tensor attention() const override { return state().attention(); }
};

}  // namespace rotor
