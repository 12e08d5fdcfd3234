// Where the limits end a training, counted in updates: the schedule of the learning rate, progress and a dry run go by
// it.
#pragma once

#include <cstdint>

#include "train/checkpoint.h"
#include "train/options.h"

namespace rotor {

/// What an epoch is cut into.
struct EpochSize {
  int64_t batches = 0;
  int64_t batches_an_update = 1;  ///< over all workers

  /// Number of updates of an epoch, or of what follows its first batches.
  int64_t updates(int64_t first_batches = 0) const;

  bool operator==(const EpochSize&) const = default;
};

/// Notes the size of epochs in `state`. Where it was another one before, the epochs to come begin at this place, as the
/// updates so far do not tell how many there would have been; the schedule of the learning rate goes on.
void note_epoch_size(TrainerState& state, const EpochSize& epoch);

/// The update at which --max-epoch ends training; 0: it sets no limit. Its epochs count from the place in `state` where
/// those to come began (TrainerState::begin_updates).
int64_t end_by_epochs(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch);

/// The update at which --max-update or --max-epoch ends training, whichever comes first; 0: there is no limit.
int64_t last_update(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch);

/// Number of updates that the schedule of the learning rate lasts, from where it began up to --max-update, else to the
/// end of --max-epoch; 0: there is no limit. That of a training which has ended before lasts as long as all of it.
int64_t scheduled_updates(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch);

}  // namespace rotor
