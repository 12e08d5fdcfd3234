// The place within an epoch at which a run resumes. It is a count of batches, and so valid only for the batches that it
// counted: if the pairs are cut into other batches, the number of used pairs gives the place.
#pragma once

#include "data/training_data.h"
#include "train/checkpoint.h"

namespace rotor {

/// Converts the place in `state` to the batches of `data`, and warns if it counted other batches. A checkpoint that
/// does not name its batches is taken to have counted these. A place that moves is where the epochs to come begin.
void find_place(TrainerState& state, const TrainingData& data);

}  // namespace rotor
