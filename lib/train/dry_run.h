// A dry run: the memory, disk and time that a training would need, estimated from a few of its updates, which leave
// nothing behind. The batches with the most tokens give the memory; others, evenly spread over the lengths of the
// corpus, give the time. Validation is not included.
#pragma once

#include <string>

#include "base/machine.h"
#include "train/trainer.h"

namespace rotor {

struct TrainingNeeds {
  int64_t parameters = 0, trained_parameters = 0;
  int64_t updates_an_epoch = 0, updates = 0;  ///< updates of the whole training; 0 if there is no limit
  int64_t memory_mb = 0;                      ///< peak memory of this process
  int64_t checkpoint_bytes = 0;               ///< about
  double seconds_an_epoch = 0;

  double seconds_an_update() const { return seconds_an_epoch / static_cast<double>(updates_an_epoch); }
  /// The result as a few lines of text.
  std::string text() const;
  /// How processes and threads fit a machine: one process a memory node, as many as have memory, all cores among them.
  std::string fit(const Machine& machine) const;
};

/// All workers must call it alike. It changes the parameters of the module, which must not be trained afterwards.
TrainingNeeds dry_run(TrainerOptions options, Objective& objective, const TrainingData& data,
                      Workers& workers = alone());

}  // namespace rotor
