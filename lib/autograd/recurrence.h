// The recurrence of SSRU (kernel/recurrence.h) on the tape.
#pragma once

#include "autograd/variable.h"
#include "kernel/packing.h"

namespace rotor {

/// The cells c_t = σ(z_t) ⊙ c_{t−1} + (1 − σ(z_t)) ⊙ x_t of all tokens, sentence after sentence. Gradients need cells
/// that begin with zeros: an undefined `before`.
Variable gated_recurrence(const Variable& logits, const Variable& x, const Packing& packing, const Tensor& before = {});

}  // namespace rotor
