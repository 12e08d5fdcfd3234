// The StepModel of a Transformer: sources are encoded once, then each step passes one token of each hypothesis through
// the decoder, whose KV cache follows the hypotheses.
#pragma once

#include "model/transformer.h"
#include "search/step_model.h"

namespace rotor {

class TransformerSteps : public StepModel {
 public:
  /// `model` must outlive this.
  TransformerSteps(const Transformer& model, const SpecialTokens& specials) : StepModel(specials), model_(model) {}

  int64_t begin(std::span<const SearchInput> inputs) override;
  void keep(std::span<const int64_t> inputs) override;
  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override;
  Tensor scores(int64_t first, int64_t count) const override;
  /// The attention of the last layer, averaged over heads.
  Tensor attention() const override { return state_.attention(); }

 private:
  const Transformer& model_;
  DecoderState state_;
  Tensor features_;  ///< features of the hypotheses of the last step, [rows, D]; undefined before the first step
};

}  // namespace rotor
