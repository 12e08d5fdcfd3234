// Batches for decoding: sentences of similar lengths are put together, so that little time is spent on padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

/// The limits of a batch; 0 sets no limit.
struct BatchLimits {
  int64_t sentences = 0;
  int64_t tokens = 0;  ///< sentences × the longest of them
  int64_t block = 0;   ///< lengths n of which (n − 1) / block differ are in different batches
};

/// Cuts sentences of these lengths, longest first, into batches of their indices. A sentence longer than the limit of
/// tokens is a batch of its own.
std::vector<std::vector<int64_t>> batches_by_length(std::span<const int64_t> lengths, const BatchLimits& limits);

/// Cuts sentences into batches as above, but separately for each run of sentences that fills about 8 batches: the first
/// sentences are in the first batches, at the cost of a little more padding.
std::vector<std::vector<int64_t>> batches_in_runs(std::span<const int64_t> lengths, const BatchLimits& limits);

}  // namespace rotor
