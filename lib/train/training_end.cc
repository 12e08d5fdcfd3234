#include "train/training_end.h"

#include <algorithm>

namespace rotor {

int64_t EpochSize::updates(int64_t first_batches) const {
  const int64_t rest = std::max<int64_t>(0, batches - first_batches);
  return (rest + batches_an_update - 1) / batches_an_update;
}

void note_epoch_size(TrainerState& state, const EpochSize& epoch) {
  const EpochSize before{state.epoch_batches, state.update_batches};
  const bool known = before.batches > 0;
  if (known && before != epoch) state.begin_here();
  state.epoch_batches = epoch.batches;
  state.update_batches = epoch.batches_an_update;
}

int64_t end_by_epochs(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch) {
  if (options.max_epoch == 0) return 0;
  const int64_t later_epochs = options.max_epoch - state.begin_epoch;
  return state.begin_updates +
         (later_epochs < 0 ? 0 : epoch.updates(state.begin_batch) + later_epochs * epoch.updates());
}

int64_t last_update(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch) {
  const int64_t by_updates = options.max_update, by_epochs = end_by_epochs(options, state, epoch);
  return by_updates > 0 && by_epochs > 0 ? std::min(by_updates, by_epochs) : std::max(by_updates, by_epochs);
}

int64_t scheduled_updates(const OptimizationOptions& options, const TrainerState& state, const EpochSize& epoch) {
  const int64_t end = options.max_update > 0 ? options.max_update : end_by_epochs(options, state, epoch);
  return end > state.schedule_begin ? end - state.schedule_begin : options.scheduled_updates(epoch.updates());
}

}  // namespace rotor
