#include "train/ema.h"

#include <algorithm>

#include "tensor/parallel.h"

namespace rotor {

Ema::Ema(const OptimizationOptions& options, ParameterBuffer& parameters)
    : parameters_(parameters),
      decay_(options.ema_decay),
      start_update_(options.ema_start_update),
      shadow_(parameters.values().clone()) {}

void Ema::begin() {
  shadow_.copy_from(parameters_.values());
}

void Ema::update(int64_t updates) {
  if (updates < start_update_) return begin();
  const auto rest = static_cast<float>(1 - decay_);
  float* average = shadow_.data();
  const float* weights = parameters_.values().data();
  const int64_t n = shadow_.elements();
  parallel_elements(true, n, [=](int64_t i) { average[i] += rest * (weights[i] - average[i]); });
}

void Ema::Swapped::swap() const {
  if (ema_ == nullptr) return;
  const auto weights = ema_->parameters_.values().span();
  std::swap_ranges(weights.begin(), weights.end(), ema_->shadow_.span().begin());
}

}  // namespace rotor
