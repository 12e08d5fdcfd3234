// Batches of samples as fairseq makes them: sorted by source length, then target length, ties in an order shuffled by
// the seed; cut so that samples × the longest source or target of the batch is at most --max-tokens, with a multiple of
// --required-batch-size-multiple samples where there are that many. The cut is made once, for all epochs.
//
//   const Batches batches(samples, options);
//   for (int64_t k = 0; k < batches.size(); ++k) look_at(samples.batch(batches[k]));
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/batch_options.h"
#include "data/samples.h"

namespace rotor {

class Batches {
 public:
  /// Leaves out samples longer than the positions allow. Throws an Error if a remaining sample has more than max_tokens
  /// tokens, or if no sample remains.
  Batches(const Samples& samples, const BatchOptions& options);

  int64_t size() const { return static_cast<int64_t>(ends_.size()); }

  /// The numbers of the samples of batch k, from short to long.
  std::span<const int32_t> operator[](int64_t k) const;

  /// The number of positions in all batches, source and target, including padding.
  int64_t positions() const { return positions_; }

  /// The share of the positions of all batches, source and target, that is padding.
  double padding() const { return padding_; }

  /// The tokens of the longest side of a sample.
  int64_t longest() const { return longest_; }

  /// Samples left out because one side has more tokens than the positions allow.
  int64_t skipped() const { return skipped_; }

 private:
  std::vector<int32_t> samples_;  ///< sorted
  std::vector<int32_t> ends_;     ///< batch k is samples_[ends_[k - 1] … ends_[k])
  int64_t skipped_ = 0, positions_ = 0, longest_ = 0;
  double padding_ = 0;
};

}  // namespace rotor
