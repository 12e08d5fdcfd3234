#include "train/schedule.h"

#include <cmath>

namespace rotor {

double learning_rate(const OptimizationOptions& options, int64_t updates) {
  const double done = static_cast<double>(updates), warmup = static_cast<double>(options.warmup_updates);
  if (updates < options.warmup_updates) {
    return options.warmup_init_lr + (options.lr - options.warmup_init_lr) * done / warmup;
  }
  return options.lr * std::sqrt(warmup / done);
}

}  // namespace rotor
