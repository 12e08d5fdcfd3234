// Everything that decides a training run but its corpus: the options of rotor-train, which rotor-compare takes too.
#pragma once

#include "data/corpus_folder.h"
#include "train/trainer.h"

namespace rotor {

struct TrainingOptions {
  TransformerOptions model;
  BatchOptions batches;
  TrainerOptions trainer;
  int64_t max_source_positions = 1024, max_target_positions = 1024, threads = 0;

  void describe(Options& options);

  /// Sets what was read: defaults < architecture < --config < command line.
  void apply(Options& options);

  /// A sentence for each option that was changed but has no effect beside the others.
  std::vector<std::string> unread() const;

  /// Takes the sizes of the vocabularies; separate ones share no matrix unless `options` were told so.
  void fit(const Vocabularies& vocabularies, const Options& options);
};

}  // namespace rotor
