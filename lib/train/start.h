// The start of a run: from checkpoint_last of its own folder, exactly where it stopped; before there is one, from
// another run's checkpoint (--restore-file) without the parts that --reset-… names, or from a model's parameters
// (--finetune-from-model); else from the initialised parameters. So a run that was started from elsewhere and killed is
// continued by the same command, and resets take effect once.
#pragma once

#include "train/checkpoint.h"
#include "train/options.h"
#include "train/workers.h"

namespace rotor {

/// Brings `training` to its start; only the leading worker calls it. `last` is the run's own checkpoint_last.
void start_training(const Training& training, const CheckpointOptions& options, const std::filesystem::path& last);

/// Copies the state of the leading worker to all workers, which must all call it.
void share_training(const Training& training, Workers& workers);

}  // namespace rotor
