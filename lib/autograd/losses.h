// Losses of a model's last layer, softmax(features · weightᵀ + bias), and the log-likelihoods of its targets. At no
// time are the logits of more than a few hundred targets in memory.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "autograd/variable.h"

namespace rotor {

struct Loss {
  Variable loss;   ///< a scalar, in nats, summed over the targets
  double nll = 0;  ///< negative log-likelihood, in nats, summed over the targets
};

/// Label-smoothed cross-entropy against targets, as fairseq defines it: features [N, D], weight [V, D], targets [N],
/// bias [V] or undefined.
Loss projected_cross_entropy(const Variable& features, const Variable& weight, std::span<const int32_t> targets,
                             float epsilon, const Variable& bias = {});

/// The log-likelihood of each target in nats, given a function that returns the logits [count, V] of the targets from
/// `first` on.
std::vector<float> log_likelihoods(std::span<const int32_t> targets,
                                   const std::function<Tensor(int64_t first, int64_t count)>& logits);

/// How well some targets are guessed: the sum of their log-likelihoods in nats, and the number of those that no other
/// one outscores.
struct Guesses {
  double log_likelihood = 0;
  int64_t right = 0;
};

/// The guesses of the targets, given such a function.
Guesses guesses(std::span<const int32_t> targets, const std::function<Tensor(int64_t first, int64_t count)>& logits);

}  // namespace rotor
