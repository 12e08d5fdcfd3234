// Batches for decoding: sentences of near lengths together, so that little is spent on padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

/// What a batch may hold at most; 0 sets no limit.
struct BatchLimits {
  int64_t sentences = 0;
  int64_t tokens = 0;  ///< sentences × the longest of them
};

/// Cuts sentences of these lengths, longest first, into batches of their indices. A sentence longer than the limit of
/// tokens is a batch of its own.
std::vector<std::vector<int64_t>> batches_by_length(std::span<const int64_t> lengths, const BatchLimits& limits);

/// Cuts sentences into batches likewise, but run by run of those that fill about 8 batches: the first sentences are in
/// the first batches, at the cost of a little more padding.
std::vector<std::vector<int64_t>> batches_in_runs(std::span<const int64_t> lengths, const BatchLimits& limits);

}  // namespace rotor
