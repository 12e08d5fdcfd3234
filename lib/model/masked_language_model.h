// A masked language model (BERT: Devlin et al. 2019; with rotary positions RoFormer: Su et al. 2021): an encoder reads
// a text of which some tokens are hidden, and a head predicts those. Only the hidden tokens are projected to scores.
//
//   Variable features = model.features(input, places);   // [places, D]
//   Variable scores = model.output()(features);           // [places, V]
#pragma once

#include <span>

#include "model/text_encoder.h"

namespace rotor {

class MaskedLanguageModel : public TextEncoder {
 public:
  static constexpr const char* kTask = kMaskedLm;

  explicit MaskedLanguageModel(const TransformerOptions& options);

  /// Features [places, D] for output() of the tokens at `places`, counted over all rows without the padding.
  Variable features(const TokenBatch& input, std::span<const int32_t> places,
                    Activations activations = Activations::kKept) const;

 private:
  /// BERT's head: scores = norm(gelu(dense(x))) Eᵀ + b, E the token vectors.
  Linear dense_;
  Norm norm_;
};

}  // namespace rotor
