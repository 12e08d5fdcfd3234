// Batch: the samples of one training step, as token ids.
#pragma once

#include <cstdint>
#include <vector>

#include "text/token_batch.h"

namespace rotor {

/// One row for each sample. Of a pair of sentences `decoder_input` holds the start token and the target's ids, `target`
/// the target's ids and </s>. Of a language model `source` has no rows, and `decoder_input` holds for each token of
/// `target` the one before it.
struct Batch {
  std::vector<int64_t> sentences;  ///< numbers of the samples, one for each row
  TokenBatch source, decoder_input, target;
  int64_t source_tokens = 0, target_tokens = 0;  ///< without padding, </s> counted
};

}  // namespace rotor
