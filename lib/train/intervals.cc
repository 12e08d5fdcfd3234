#include "train/intervals.h"

#include <fmt/format.h>

namespace rotor {

bool every(int64_t interval, int64_t count) {
  return interval > 0 && count % interval == 0;
}

Due due(const CheckpointOptions& options, const TrainerState& state, bool updated, bool epoch_ends) {
  const auto by_updates = [&](int64_t interval) { return updated && every(interval, state.updates); };
  const auto by_epochs = [&](int64_t interval) { return epoch_ends && every(interval, state.epoch); };
  Due result;
  result.validation = by_updates(options.validate_interval_updates) || by_epochs(options.validate_interval);
  if (by_updates(options.save_interval_updates)) {
    result.checkpoints.push_back(fmt::format("{}_{}", state.epoch, state.updates));
  }
  if (by_epochs(options.save_interval) && !options.no_epoch_checkpoints) {
    result.checkpoints.push_back(std::to_string(state.epoch));
  }
  return result;
}

}  // namespace rotor
