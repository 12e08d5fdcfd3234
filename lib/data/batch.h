// Batch: the samples of one training step, as token ids.
#pragma once

#include <cstdint>
#include <vector>

#include "text/token_batch.h"

namespace rotor {

/// One row for each sample. Of a pair of sentences `decoder_input` holds the start token and the target's ids, `target`
/// the target's ids and </s>. Of a language model `source` has no rows, and `decoder_input` holds for each token of
/// `target` the one before it. Of a masked language model `source` holds texts of which some tokens are hidden,
/// `target` the hidden ones, and `places` where they stand in `source`. Of a model of whole sentences `source` holds
/// them, a row for each candidate of a sample, and `labels` one number for each sample.
struct Batch {
  std::vector<int64_t> sentences;  ///< numbers of the samples, one for each row
  TokenBatch source, decoder_input, target;
  std::vector<int32_t> places;  ///< counted over all rows of `source` without the padding
  std::vector<float> labels;
  int64_t candidates = 1;                        ///< rows of `source` for each sample
  int64_t source_tokens = 0, target_tokens = 0;  ///< without padding, </s> counted

  /// The number of tokens that the speed of a training counts: those that a decoder reads, else those of the sources.
  int64_t tokens() const { return decoder_input.rows > 0 ? target_tokens : source_tokens; }
};

}  // namespace rotor
