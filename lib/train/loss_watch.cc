#include "train/loss_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rotor {

bool LossWatch::jumps(double loss) {
  constexpr int64_t kFirst = 50;
  constexpr double kUpdates = 100, kDeviations = 6, kPart = 0.1;
  usual_ = mean_;
  const double above = loss - mean_;
  const bool high = count_ >= kFirst && above > std::max(kDeviations * std::sqrt(variance_), kPart * mean_);
  const double weight = std::max(1 / kUpdates, 1.0 / static_cast<double>(++count_));
  mean_ += weight * above;
  variance_ = (1 - weight) * (variance_ + weight * above * above);
  return !std::exchange(was_high_, high) && high;
}

}  // namespace rotor
