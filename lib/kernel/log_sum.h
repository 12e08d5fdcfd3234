// The normaliser of a row of logits, with what a search needs to find the best of them without reading all again.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rotor {

inline constexpr size_t kMaximaBlock = 64;  ///< numbers that share a maximum

/// Returns log Σ e^x, and in `maxima` the largest number of each block of kMaximaBlock. Reads x once. NaN makes NaN,
/// and no number above −∞ makes −∞.
float log_sum(std::span<const float> x, std::vector<float>& maxima);

}  // namespace rotor
