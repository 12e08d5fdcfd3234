// Blocks of the text of a corpus for language models as samples (data/token_blocks.h): each token of a block is
// predicted from those before it in the block and the one before the block.
#pragma once

#include <optional>
#include <vector>

#include "data/samples.h"
#include "data/token_blocks.h"

namespace rotor {

class BlockSamples : public Samples {
 public:
  /// BPE-dropout, and blocks of more tokens than the model has positions for, are an Error.
  BlockSamples(Corpus corpus, const BatchOptions& options, const std::optional<Vocabularies>& vocabularies);

  int64_t size() const override { return std::ssize(blocks_); }
  SampleLengths lengths(int64_t i) const override { return {0, blocks_[i].size()}; }
  uint64_t digest() const override { return digest_; }
  std::string text(int64_t i, const Vocabularies& vocabularies) const override;
  std::string noun() const override { return "block"; }
  std::string limits(const BatchOptions& options) const override;
  std::string excess(const BatchOptions& options) const override;
  std::string limiting_options() const override { return "--max-target-positions"; }

 protected:
  Batch make_batch(std::span<const int32_t> numbers, int64_t epoch) const override;

 private:
  const CorpusColumn& text_;
  std::vector<TokenBlock> blocks_;
  uint64_t digest_;
};

}  // namespace rotor
