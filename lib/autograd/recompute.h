// Recomputation (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"): a stretch of the tape is thrown
// away after the forward pass and made again when the backward pass reaches it. Costs a second forward pass, saves
// everything between its inputs and its output.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "autograd/variable.h"

namespace rotor {

/// f(inputs), of which only inputs and output are kept. Besides its inputs, f may depend on parameters alone; dropout
/// is repeated as it was. Gradients are those of f(inputs).
Variable recompute(const std::vector<Variable>& inputs, const std::function<Variable(std::span<const Variable>)>& f);

}  // namespace rotor
