// Losses of the few scores that a model gives a whole sentence: of classes, of candidates, of a number.
#pragma once

#include <span>

#include "autograd/losses.h"

namespace rotor {

/// The cross-entropy of softmax(scores) [N, C] against classes [N], each row's times the weight [C] of its class; no
/// weights are weights of 1. `nll` is the same without weights.
Loss cross_entropy(const Variable& scores, std::span<const int32_t> classes, std::span<const float> weights = {});

/// The squared differences of scores [N] and targets [N], summed, as `loss` and as `nll`.
Loss squared_error(const Variable& scores, std::span<const float> targets);

}  // namespace rotor
