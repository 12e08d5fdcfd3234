// Adam (Kingma and Ba 2015) as fairseq computes it: m = β₁ m + (1 − β₁) g, v = β₂ v + (1 − β₂) g²,
// p −= lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), after p −= lr · decay · p where weights decay (decoupled, Loshchilov
// and Hutter 2019). An update is one pass over all parameters, or over each group that has a learning rate or a decay
// of its own.
#pragma once

#include <vector>

#include "train/parameter_groups.h"

namespace rotor {

class Adam {
 public:
  Adam(const OptimizationOptions& options, ParameterBuffer& parameters);

  /// Makes one update with the gradients times `gradient_scale`; groups have their share of the learning rate.
  void step(double learning_rate, float gradient_scale);

  const Tensor& first_moments() const { return first_; }    ///< [N], laid out as the parameter buffer
  const Tensor& second_moments() const { return second_; }  ///< [N]
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

 private:
  ParameterBuffer& parameters_;
  std::vector<ParameterGroup> groups_;
  double beta1_, beta2_, epsilon_;
  Tensor first_, second_;
  int64_t steps_ = 0;
};

/// Returns ‖x‖, summed in double over fixed blocks, so that it does not depend on the number of threads.
double norm(const Tensor& x);

}  // namespace rotor
