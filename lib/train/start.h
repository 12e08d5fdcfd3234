// Where a run starts: from checkpoint_last of its own folder, exactly where it stopped; before there is one, from
// another run's checkpoint (--restore-file) without what --reset-… leaves out, or from a model's parameters
// (--finetune-from-model); else from the parameters as they were initialised. So a run that was started from elsewhere
// and killed is started again by the same command, and what it resets is reset once.
#pragma once

#include "train/checkpoint.h"
#include "train/options.h"
#include "train/workers.h"

namespace rotor {

/// For the worker that leads: brings `training` to its start. `last` is the run's own checkpoint_last.
void start_training(const Training& training, const CheckpointOptions& options, const std::filesystem::path& last);

/// For all workers: gives them what the one that leads has.
void share_training(const Training& training, Workers& workers);

}  // namespace rotor
