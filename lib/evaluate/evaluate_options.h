// Options of rotor-evaluate: a model, a corpus, how its text is cut into samples, and what is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/options.h"
#include "model/model_file.h"

namespace rotor {

struct EvaluateOptions {
  std::string model, corpus, gen_subset = "test";
  int64_t context_window = 0, tokens_per_sample = 1024;
  std::string sample_break_mode = "none";
  int64_t max_tokens = 4096, batch_size = 0;
  std::string by_position, by_sample, by_document, stats, format = "text";
  std::string quantize = "auto";
  bool no_verify = false;
  int64_t threads = 0;
  std::string task;  ///< the model's, set by the command, not by describe()

  void describe(Options& options);
  /// Impossible values and combinations are a UsageError.
  void check() const;

  /// The type of weights that --quantize names; empty if the model keeps the type of its file.
  std::optional<WeightType> weights() const;
};

}  // namespace rotor
