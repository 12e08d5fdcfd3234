// Loops that threads share only where it pays: OpenMP's own `if` starts a team of one, which costs as much as a small
// product does.
#pragma once

#include <cstdint>

namespace rotor {

inline constexpr int64_t kParallelElements = 16384;  ///< numbers of a loop from which threads pay

/// Calls f(i) for i = 0 … n − 1, shared among threads in equal runs if `pays`.
template <typename F>
void parallel_for(bool pays, int64_t n, F f) {
  if (!pays || n < 2) {
    for (int64_t i = 0; i < n; ++i) f(i);
    return;
  }
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < n; ++i) f(i);
}

}  // namespace rotor
