// Blocks of the text of a corpus for masked language models as samples: <s> and a block of the text, of which some
// tokens are hidden (data/masking.h). Which ones depends on the seed, the epoch and the sample's number alone.
#pragma once

#include <optional>
#include <vector>

#include "data/masking.h"
#include "data/samples.h"
#include "data/token_blocks.h"

namespace rotor {

class MaskedSamples : public Samples {
 public:
  /// Blocks of more tokens than the model has positions for, and BPE-dropout, are an Error. Whole words need the
  /// vocabularies.
  MaskedSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  int64_t size() const override { return std::ssize(blocks_); }
  SampleLengths lengths(int64_t i) const override { return {blocks_[i].size() + 1, 0}; }
  uint64_t digest() const override { return digest_; }
  std::string text(int64_t i, const Vocabularies& vocabularies) const override;
  std::string noun() const override { return "block"; }
  std::string limits(const BatchOptions& options) const override;
  std::string excess(const BatchOptions& options) const override;
  std::string limiting_options() const override { return "--max-source-positions"; }

 protected:
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  const CorpusColumn& text_;
  Masking masking_;
  uint64_t seed_;
  std::vector<TokenBlock> blocks_;
  uint64_t digest_;
};

}  // namespace rotor
