// Blocks of the text of a corpus for language models as samples (data/token_blocks.h): each token of a block is
// predicted from those before it in the block and the one before the block.
#pragma once

#include <optional>

#include "data/stream_samples.h"

namespace rotor {

class BlockSamples : public StreamSamples {
 public:
  BlockSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  uint64_t digest() const override { return digest_; }

 protected:
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  uint64_t digest_;
};

}  // namespace rotor
