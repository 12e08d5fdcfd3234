// The long-term decay of rotary positions (eq 35–37; Su et al. 2021, section 3.4.3): the score of two tokens at
// distance |m − n| is bounded by a sum that falls with the distance, so that near tokens may matter more than distant
// ones.
#pragma once

#include <cstdint>
#include <vector>

namespace rotor {

/// The relative upper bound of eq 37 at distances 0 … reach: the mean over i of |S_{i+1}|, i from 0 to d/2 − 1, with
/// S_j = Σ_{k<j} e^{i(m−n)θ_k}, θ_k = base^(−2k/d), d = head_width. It is an Error unless head_width is even and above
/// 0, base above 0 and reach not below 0.
std::vector<double> long_term_decay(int64_t head_width, double base, int64_t reach);

}  // namespace rotor
