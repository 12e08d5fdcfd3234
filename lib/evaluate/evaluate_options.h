// Options of rotor-evaluate: a model, a corpus, how its text is cut into samples, and what is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/options.h"
#include "data/batch_options.h"
#include "model/model_file.h"
#include "position/rope_options.h"
#include "text/task.h"

namespace rotor {

struct EvaluateOptions {
  std::string model, corpus, gen_subset = "test";
  int64_t context_window = 0;
  int64_t tokens_per_sample = 0;  ///< 0: fit() sets it
  std::string sample_break_mode = "none";
  MaskOptions mask;
  int64_t seed = 1;
  std::string truncate = "longest", predictions;
  int64_t max_source_positions = 512;
  int64_t max_tokens = 4096, batch_size = 0;
  std::string by_position, by_sample, by_document, stats, format = "text";
  std::string quantize = "auto";
  RopeScalingOptions scaling = RopeScalingOptions::as_in_model();
  bool no_verify = false;
  int64_t threads = 0;
  std::string task;                  ///< the model's, which fit() sets
  std::vector<std::string> configs;  ///< the files of --config; set by the command, not by describe()

  void describe(Options& options);
  /// Whether rows of texts are read from standard input instead of a corpus.
  bool reads_lines() const { return corpus.empty() && predicts(); }
  /// Whether something is predicted of whole sentences.
  bool predicts() const { return task == kSentencePrediction || task == kSentenceRanking; }
  /// Takes from the model's file what it alone says: the task and, where none is given, the tokens of a sample, which
  /// are those of its training's longest, or 1024 if the file does not say how many these were. Batches of a masked
  /// language model, which refuse a longer sample, then become large enough for such a one.
  void fit(const SafeTensors& file);
  /// Impossible values and combinations are a UsageError; some show only once the model is known.
  void check() const;

  /// The options of the batches that validations of training make too, for a model that serves so many positions.
  BatchOptions batches(int64_t positions) const;

  /// The type of weights that --quantize names; empty if the model keeps the type of its file.
  std::optional<WeightType> weights() const;

 private:
  void describe_sentences(Options& options);
  void check_written() const;
};

}  // namespace rotor
