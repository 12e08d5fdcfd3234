// Decides after the batches of an update which validations and checkpoints their intervals require.
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

/// The validation and checkpoints that are due when training has just reached `state`: by updates if the update was
/// made, not left out, and by epochs if its batches were the epoch's last.
Due due(const CheckpointOptions& options, const TrainerState& state, bool updated, bool epoch_ends);

}  // namespace rotor
