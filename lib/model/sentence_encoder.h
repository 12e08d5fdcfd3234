// A model that gives a vector to each sentence: an encoder, and what makes one vector of its features (Reimers and
// Gurevych 2019). It has no layers of its own, so every model that is an encoder holds one.
//
//   Tensor vectors = model.vectors(input);   // [rows, D]
#pragma once

#include "model/text_encoder.h"

namespace rotor {

class SentenceEncoder : public TextEncoder {
 public:
  static constexpr const char* kTask = kSentenceEncoding;

  explicit SentenceEncoder(const TransformerOptions& options) : TextEncoder(options) {}

  /// A vector [rows, D] for each row, none of them empty: the features of its first token or the mean of all
  /// (--pooling), of length 1 with --normalize-vectors.
  Tensor vectors(const TokenBatch& input) const;
};

}  // namespace rotor
