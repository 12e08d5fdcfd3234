// How long a piece of work takes: once to warm up, then the median of some repetitions.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "base/progress.h"

namespace rotor {

inline double median_seconds(const std::function<void()>& work) {
  constexpr int kRepetitions = 7;
  work();
  std::vector<double> seconds;
  for (int i = 0; i < kRepetitions; ++i) {
    const double start = seconds_now();
    work();
    seconds.push_back(seconds_now() - start);
  }
  std::nth_element(seconds.begin(), seconds.begin() + kRepetitions / 2, seconds.end());
  return seconds[kRepetitions / 2];
}

}  // namespace rotor
