// The options that say how the samples of a corpus are made and put into batches.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "data/masking.h"

namespace rotor {

/// No sample is longer, so that the numbers of its positions fit every encoding.
inline constexpr int64_t kMostTokensPerSample = 1 << 24;

struct BatchOptions {
  int64_t max_tokens = 4096;
  int64_t batch_size = 0;  ///< largest number of sentences in a batch; 0 sets no limit
  int64_t required_batch_size_multiple = 8;
  double bpe_dropout = 0;
  int64_t tokens_per_sample = 1024;
  std::string sample_break_mode = "none";  ///< one of break_mode_names() (data/token_blocks.h)
  MaskOptions mask;
  std::string truncate = "none";  ///< one of truncation_names() (data/truncation.h)

  // Set by the command, not by describe(): the first two are the model's, the last is the run's.
  int64_t max_source_positions = 1024;
  int64_t max_target_positions = 1024;
  uint64_t seed = 1;

  void describe(Options& options);
};

}  // namespace rotor
