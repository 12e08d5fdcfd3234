// The StepModel of an encoder and decoder: sources are encoded once, and the decoder's hypotheses attend to them.
#pragma once

#include "model/encoder_decoder.h"
#include "search/decoder_steps.h"
#include "search/shortlist.h"

namespace rotor {

class EncoderDecoderSteps : public DecoderSteps<EncoderDecoder> {
 public:
  /// `model` must outlive this, and so must the shortlist, if there is one, of the tokens of translations.
  EncoderDecoderSteps(const EncoderDecoder& model, const SpecialTokens& specials, const Shortlist* shortlist = nullptr)
      : DecoderSteps(model, specials), shortlist_(shortlist) {}

  int64_t begin(std::span<const SearchInput> inputs) override;
  void keep(std::span<const int64_t> inputs) override;
  /// The attention of the last layer, averaged over heads.
  Tensor attention() const override { return state().attention(); }

 private:
  const Shortlist* shortlist_;
};

}  // namespace rotor
