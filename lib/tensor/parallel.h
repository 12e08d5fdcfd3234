// Loops that threads share only where it pays: OpenMP's own `if` starts a team of one, which costs as much as a small
// product does. An exception may leave such a loop, as it may not leave OpenMP's own: what allocates memory in parallel
// does it here.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>

namespace rotor {

inline constexpr int64_t kParallelElements = 16384;  ///< numbers of a loop from which threads pay

/// Calls f(i) for i = 0 … n − 1, shared among threads in equal runs if `pays`. An exception of f ends the loop, and is
/// thrown when all threads have ended; one of them if there are several.
template <typename F>
void parallel_for(bool pays, int64_t n, F f) {
  if (!pays || n < 2) {
    for (int64_t i = 0; i < n; ++i) f(i);
    return;
  }
  std::exception_ptr error;
  std::atomic<bool> failed = false;
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < n; ++i) {
    if (failed.load(std::memory_order_relaxed)) continue;
    try {
      f(i);
    } catch (...) {
      failed = true;
#pragma omp critical(rotor_parallel_for)
      error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace rotor
