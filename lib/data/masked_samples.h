// Blocks of the text of a corpus for masked language models as samples: <s> and a block of the text, of which some
// tokens are hidden (data/masking.h). Which ones depends on the seed, the epoch and the sample's number alone.
#pragma once

#include <optional>

#include "data/masking.h"
#include "data/stream_samples.h"

namespace rotor {

class MaskedSamples : public StreamSamples {
 public:
  /// Whole words need the vocabularies.
  MaskedSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  uint64_t digest() const override { return digest_; }

 protected:
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  Masking masking_;
  uint64_t seed_;
  uint64_t digest_;
};

}  // namespace rotor
