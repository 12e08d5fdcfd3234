// StreamSamples: the base of samples that are blocks of one stream of text (data/token_blocks.h), for language models
// of either kind.
#pragma once

#include <string>
#include <vector>

#include "data/one_sided_samples.h"
#include "data/token_blocks.h"

namespace rotor {

class StreamSamples : public OneSidedSamples {
 public:
  /// Cuts the text into blocks that leave room for `added` tokens in a sample of --tokens-per-sample. Samples of more
  /// tokens than the model has positions for, and BPE-dropout, are an Error.
  StreamSamples(Corpus corpus, const BatchOptions& options, Reader reader, int64_t added);

  int64_t size() const override { return std::ssize(blocks_); }
  std::string text(int64_t i, const Vocabularies& vocabularies) const override;
  std::string noun() const override { return "block"; }

 protected:
  int64_t length(int64_t i) const override { return blocks_[i].size() + added_; }
  const CorpusColumn& column() const { return column_; }
  const TokenBlock& block(int64_t i) const { return blocks_.at(i); }

 private:
  void check(const BatchOptions& options) const;

  const CorpusColumn& column_;
  const int64_t added_;
  std::vector<TokenBlock> blocks_;
};

}  // namespace rotor
