// Scores of rotary positions whose frequencies depend on how far a text goes ("kernel/turned_scores.h").
#pragma once

#include "autograd/variable.h"
#include "kernel/turned_scores.h"

namespace rotor {

/// scores [B,H,Tq,Tk], those of q [B,H,Tq,d] and k [B,H,Tk,d], turned on by the changes of the frequencies.
Variable turn_scores(const Variable& scores, const Variable& q, const Variable& k, const TurnedBlock& block,
                     const FrequencyChanges& changes);

}  // namespace rotor
