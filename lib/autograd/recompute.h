// Recomputation (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"): a stretch of the tape is discarded
// after the forward pass and recomputed when the backward pass reaches it. This costs a second forward pass, and saves
// the memory of everything between the inputs and the output.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "autograd/variable.h"

namespace rotor {

/// Returns f(inputs), and keeps only the inputs and the output in memory. Besides its inputs, f may depend on
/// parameters alone; its dropout masks are repeated exactly. Gradients are those of f(inputs).
Variable recompute(const std::vector<Variable>& inputs, const std::function<Variable(std::span<const Variable>)>& f);

}  // namespace rotor
