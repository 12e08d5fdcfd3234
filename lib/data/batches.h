// Batches of a corpus as fairseq makes them: pairs sorted by source length, then target length, ties in an order
// shuffled by the seed; cut so that sentences × the longest source or target of the batch (</s> counted) is at most
// --max-tokens, with a multiple of --required-batch-size-multiple sentences where there are that many. The cut is made
// once, for all epochs.
//
//   const Batches batches(corpus, options);
//   for (int64_t k = 0; k < batches.size(); ++k) look_at(make_batch(corpus, batches[k]));
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/corpus.h"
#include "text/token_batch.h"

namespace rotor {

class Options;

struct BatchOptions {
  int64_t max_tokens = 4096;
  int64_t batch_size = 0;  ///< largest number of sentences in a batch; 0 sets no limit
  int64_t required_batch_size_multiple = 8;
  double bpe_dropout = 0;

  // Set by the command, not by describe(): the first two are the model's, the last is the run's.
  int64_t max_source_positions = 1024;
  int64_t max_target_positions = 1024;
  uint64_t seed = 1;

  void describe(Options& options);
};

/// The pairs of one training step. `decoder_input` holds </s> and the target's ids, `target` the target's ids and </s>.
struct Batch {
  std::vector<int64_t> sentences;  ///< numbers of the pairs in the corpus, one for each row
  TokenBatch source, decoder_input, target;
  int64_t source_tokens = 0, target_tokens = 0;  ///< without padding, </s> counted
};

class Batches {
 public:
  /// Leaves out pairs longer than the positions allow. Throws an Error if a remaining pair has more than max_tokens
  /// tokens, or if no pair remains.
  Batches(const Corpus& corpus, const BatchOptions& options);

  int64_t size() const { return static_cast<int64_t>(ends_.size()); }

  /// The pairs of batch k, from short to long.
  std::span<const int32_t> operator[](int64_t k) const;

  int64_t positions() const {
    return positions_;
  }  ///< number of positions in all batches, source and target, including padding

  /// The share of the positions of all batches, source and target, that is padding.
  double padding() const { return padding_; }

  /// Pairs left out because one side has more tokens than the positions allow.
  int64_t skipped() const { return skipped_; }

 private:
  std::vector<int32_t> pairs_;  ///< sorted
  std::vector<int32_t> ends_;   ///< batch k is pairs_[ends_[k - 1] … ends_[k])
  int64_t skipped_ = 0, positions_ = 0;
  double padding_ = 0;
};

/// A change of a sentence's ids on their way into a batch, such as BPE-dropout.
using Reading = std::function<std::vector<int32_t>(std::vector<int32_t> ids)>;

Batch make_batch(const Corpus& corpus, std::span<const int32_t> pairs, const Reading& source = std::identity(),
                 const Reading& target = std::identity());

}  // namespace rotor
