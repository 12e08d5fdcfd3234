// The place within an epoch where a run goes on. It is a count of batches, and so of use only with the batches that it
// counted: where the pairs are cut into others, the place is found again by the number of pairs used.
#pragma once

#include "data/training_data.h"
#include "train/checkpoint.h"

namespace rotor {

/// Makes the place in `state` one among the batches of `data`, and warns if those are not the ones that it counted. A
/// checkpoint that does not say which those were is taken to have counted these.
void find_place(TrainerState& state, const TrainingData& data);

}  // namespace rotor
