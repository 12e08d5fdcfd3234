// What the intervals of validations and checkpoints ask for after the batches of an update.
#pragma once

#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/options.h"

namespace rotor {

/// Whether `count` is a multiple of an interval; never if that is 0.
bool every(int64_t interval, int64_t count);

struct Due {
  bool validation = false;
  std::vector<std::string> checkpoints;  ///< names: <epoch>_<update>, <epoch>
};

/// What is due where training has just come to `state`: by updates if the update was made, not left out, and by epochs
/// if its batches were the epoch's last.
Due due(const CheckpointOptions& options, const TrainerState& state, bool updated, bool epoch_ends);

}  // namespace rotor
