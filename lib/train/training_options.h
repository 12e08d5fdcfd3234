// All options of a training run apart from its corpus: the options of rotor-train, which rotor-compare takes too.
#pragma once

#include "base/command_line.h"
#include "data/batches.h"
#include "data/corpus_folder.h"
#include "model/options.h"
#include "train/options.h"

namespace rotor {

struct TrainingOptions {
  TransformerOptions model;
  BatchOptions batches;
  TrainerOptions trainer;
  int64_t max_source_positions = 1024, max_target_positions = 1024, threads = 0;

  void describe(Options& options);

  /// Sets the values that were read, and those that follow from them. Precedence: defaults < architecture < --config <
  /// command line. Called again, it sets those of other options, such as of an entry of a comparison, over them.
  void apply(CommandLine& options);

  /// Impossible values and combinations are a UsageError; the model's are refused where it is made.
  void check() const;

  /// Refuses fewer positions for a language model than its samples have tokens. It is for options that go through a
  /// file: the training that reads it would take the default for a value that nobody asked for, and raise it.
  void check_positions() const;

  /// Refuses options of fairseq that were left out (CommandLine::foreign), if they ask for another task than the corpus
  /// is of, or for a higher score where a lower one is better. Valid once task and metric are known.
  void check_foreign(const CommandLine& options) const;

  /// Refuses to train a model of so many parameters if that takes more memory than there is.
  void check_memory(double parameters) const;

  /// The options of batches for a model that serves so many positions, with the run's seed and the positions asked for,
  /// or fewer if the model serves fewer.
  BatchOptions batches_for(int64_t source_positions, int64_t target_positions) const;

 private:
  /// Gives a language model positions for its longest sample, unless the options, now or before, ask for others.
  void settle_positions(const CommandLine& options);
  /// Whether two passes over a batch differ.
  bool drops() const;

  bool asks_for_positions_ = false;
};

}  // namespace rotor
