#include "model/sentence_encoder.h"

#include "model/sentence_vectors.h"

namespace rotor {

Tensor SentenceEncoder::vectors(const TokenBatch& input) const {
  return sentence_vectors(*this, input, options().head.pooling, options().head.normalize);
}

}  // namespace rotor
