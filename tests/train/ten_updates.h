// Ten updates of a small model as another implementation made them (tests/golden/README.md).
#pragma once

#include <cmath>
#include <functional>
#include <string>

#include "autograd/losses.h"
#include "golden.h"
#include "train/adam.h"
#include "train/schedule.h"

namespace rotor::golden {

/// Trains the module as the golden says, with `loss` of update u, and expects the losses, norms and learning rates.
/// `loss` also returns the number of targets.
inline void expect_ten_updates(const SafeTensors& file, Module& module, int64_t width,
                               const std::function<std::pair<Loss, double>(int64_t u)>& loss, double tolerance) {
  OptimizationOptions options;
  options.schedule.lr = 5e-3;
  options.schedule.warmup_updates = 4;
  const double clip_norm = 1;
  const Schedule schedule = make_schedule(options.schedule, width, options.max_update);
  ParameterBuffer parameters(module);
  Adam adam(options, parameters);
  const Tensor losses = file.tensor("training.losses"), norms = file.tensor("training.gradient_norms"),
               rates = file.tensor("training.learning_rates");
  for (int64_t u = 0; u < 10; ++u) {
    parameters.zero_gradients();
    const auto [sum, targets] = loss(u);
    backward(sum.loss);
    const double gradient_norm = norm(parameters.gradients()) / targets;
    EXPECT_NEAR(sum.loss.value().item() / targets / losses.data()[u], 1, tolerance) << "update " << u;
    EXPECT_NEAR(gradient_norm / norms.data()[u], 1, tolerance) << "update " << u;
    const double rate = schedule(u, 1);
    EXPECT_NEAR(rate / rates.data()[u], 1, 1e-5);
    adam.step(rate, static_cast<float>(std::min(1.0, clip_norm / (gradient_norm + 1e-6)) / targets));
  }
}

inline double count(const TokenBatch& batch) {
  double tokens = 0;
  for (int32_t length : batch.lengths) tokens += length;
  return tokens;
}

}  // namespace rotor::golden
