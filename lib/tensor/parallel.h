// Loops over numbers that threads share ("base/team.h") only where it pays: to share one costs about a microsecond, and
// some ten where the others sleep.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/team.h"

namespace rotor {

inline constexpr int64_t kParallelElements = 16384;  ///< numbers of a loop from which threads pay

/// Calls f(i) for i = 0 … n − 1, shared among threads in runs of neighbours if `pays`. An exception of f ends the loop,
/// and is thrown when all threads have ended; one of them if there are several.
template <typename F>
void parallel_for(bool pays, int64_t n, F f) {
  const auto range = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  };
  if (!pays || n < 2) return range(0, n);
  share_loop(n, range);
}

/// Calls f(begin, end) for ranges that together are 0 … n − 1: like parallel_for, for loops of vectors. Each range
/// begins at a multiple of `grain`, so that only the last one ends within a vector, for any number of threads.
template <typename F>
void parallel_ranges(bool pays, int64_t n, int64_t grain, F f) {
  if (n <= 0) return;
  if (!pays || n <= grain) return f(0, n);
  share_loop((n + grain - 1) / grain, [&](int64_t begin, int64_t end) { f(begin * grain, std::min(n, end * grain)); });
}

/// Calls f(i) for i = 0 … n − 1 in vectors; no call may depend on another one. f should hold what it reads by value:
/// each range has a copy, which the compiler keeps in registers.
template <typename F>
void parallel_elements(bool pays, int64_t n, F f) {
  constexpr int64_t kGrain = 2048;
  parallel_ranges(pays, n, kGrain, [&](int64_t begin, int64_t end) {
    const F own = f;
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) own(i);
  });
}

}  // namespace rotor
