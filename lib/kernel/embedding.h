// Rows of a table of token vectors, and their gradients.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/weight_rows.h"

namespace rotor {

/// The rows of table [V, D] at `ids`, times `factor` -> [ids, D].
Tensor embedding(const WeightRows& table, std::span<const int32_t> ids, float factor);

/// Adds gradient [ids, D] times `factor` to the rows of `to` [V, D] at `ids`, in the order of the ids; the row
/// `padding` gets nothing.
void embedding_backward(const Tensor& gradient, std::span<const int32_t> ids, float factor, int32_t padding,
                        const Tensor& to);

}  // namespace rotor
