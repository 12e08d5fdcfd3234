// The StepModel of a language model, which continues prompts. It reads as much of them at once as fills whole blocks of
// kPromptBlock tokens, and gets the rest step by step: what it computes of a prompt does not depend on the prompts
// beside it then, if they have as many whole blocks, and prompts of several lengths still go together.
#pragma once

#include "model/language_model.h"
#include "search/decoder_steps.h"

namespace rotor {

/// A prompt is read at once up to a multiple of this number of tokens.
inline constexpr int64_t kPromptBlock = 16;

class LanguageModelSteps : public DecoderSteps<LanguageModel> {
 public:
  /// `model` must outlive this.
  LanguageModelSteps(const LanguageModel& model, const SpecialTokens& specials) : DecoderSteps(model, specials) {}

  int64_t begin(std::span<const SearchInput> inputs) override;
  /// Its rows are chosen by the next step alone.
  void keep(std::span<const int64_t> /*inputs*/) override {}
  /// An Error: there is no source to attend to.
  Tensor attention() const override;
};

}  // namespace rotor
