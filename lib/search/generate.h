// From a model and text to translations or scores: what rotor-generate does between its options and its exit code.
// Sentences are read a buffer at a time, batched by length within it, and answered in the order they came in.
#pragma once

#include <cstdint>
#include <string>

#include "search/batches.h"
#include "search/options.h"

namespace rotor {

struct GenerateOptions {
  std::string model;
  std::string input = "-", output = "-";
  std::string corpus, gen_subset = "test";
  std::string score_reference, stats;
  bool fairseq_format = false;
  SearchOptions search;
  int64_t batch_size = 0, max_tokens = 0, buffer_size = 4096;
  int64_t max_source_positions = 1024;
  std::string long_sentences = "truncate";
  int64_t threads = 0;

  void describe(Options& options);

  /// A UsageError for values that make no sense, or not together.
  void check() const;

  /// The batches asked for; without a wish, of a size that serves most machines.
  BatchLimits limits() const;
};

/// Reads, translates or scores, and writes. An Error if the model, the corpus or a line of text is not as expected;
/// Interrupted after a signal caught by catch_signals().
void generate(const GenerateOptions& options);

}  // namespace rotor
