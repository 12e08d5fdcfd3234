// Packed tokens (tensor/packing.h) and back, for operators that need the batch's form.
#pragma once

#include "autograd/variable.h"
#include "tensor/packing.h"

namespace rotor {

/// [rows, length, D] -> [tokens, D].
Variable pack(const Variable& x, const Packing& packing);

/// [tokens, D] -> [rows, length, D], zeros in the padding. The gradient of pack, and the other way round.
Variable unpack(const Variable& x, const Packing& packing);

}  // namespace rotor
