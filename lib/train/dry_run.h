// A dry run: what a training would need, told from a few of its updates, which leave nothing behind. The batches of
// most tokens give the memory; others, evenly spread over the lengths of the corpus, the time. Validation is not in it.
#pragma once

#include <string>

#include "train/trainer.h"

namespace rotor {

struct TrainingNeeds {
  int64_t parameters = 0, trained_parameters = 0;
  int64_t updates_an_epoch = 0, updates = 0;  ///< in all; 0 if there is no limit
  int64_t memory_mb = 0;                      ///< peak of this process
  int64_t checkpoint_bytes = 0;               ///< about
  double seconds_an_epoch = 0;

  double seconds_an_update() const { return seconds_an_epoch / static_cast<double>(updates_an_epoch); }
  /// A few lines for people.
  std::string text() const;
};

/// For all workers to call alike. Takes the parameters of `model` elsewhere: it is not to be trained afterwards.
TrainingNeeds dry_run(TrainerOptions options, const Transformer& model, const VocabularyBytes& vocabulary,
                      const TrainingData& data, Workers& workers = alone());

}  // namespace rotor
