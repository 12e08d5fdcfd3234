// Vectors of sentences, made of an encoder's features (Reimers and Gurevych 2019, "Sentence-BERT", section 3).
#pragma once

#include <string>

#include "model/text_encoder.h"

namespace rotor {

/// A vector [rows, D] for each row, none of them empty: the features of its "first" token, or the "mean" of all,
/// divided by its length if `normalize`; one of zeros stays.
Tensor sentence_vectors(const TextEncoder& encoder, const TokenBatch& input, const std::string& pooling,
                        bool normalize);

}  // namespace rotor
