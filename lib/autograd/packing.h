// Packed tokens (kernel/packing.h) and back, for operators that need the batch's form.
#pragma once

#include "autograd/variable.h"
#include "kernel/packing.h"

namespace rotor {

/// [rows, length, D] -> [tokens, D].
Variable pack(const Variable& x, const Packing& packing);

/// [tokens, D] -> [rows, length, D], with zeros in the padding. It is the gradient of pack(), and pack() is its
/// gradient.
Variable unpack(const Variable& x, const Packing& packing);

/// The mean of each sentence's packed tokens: x [tokens, D] -> [rows, D].
Variable row_means(const Variable& x, const Packing& packing);

}  // namespace rotor
