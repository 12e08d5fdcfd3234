// Blocks of a KV cache, one a step, and the rows of them that the rows of the cache stand for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/step_attention.h"

namespace rotor {

/// Appends the positions of keys and values [rows, H, T, d], for step_attention().
void add_positions(const Tensor& keys, const Tensor& values, std::vector<CachedPosition>& positions);

/// Puts blocks [.., H, T_i, d] one after the other into one tensor [rows, H, length, d], length = Σ T_i: position t of
/// row r is that of row origins[r · length + t] of its block, and all positions of a block have the same origin.
Tensor gather_blocks(std::span<const Tensor> blocks, std::span<const int32_t> origins, int64_t rows);

/// Row r of the result is row rows[r] of x, contiguous. An x that is not contiguous and rows that it lacks are an
/// Error.
Tensor gather_rows(const Tensor& x, std::span<const int64_t> rows);

}  // namespace rotor
