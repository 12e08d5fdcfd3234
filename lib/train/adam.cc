#include "train/adam.h"

#include <cmath>
#include <tuple>
#include <vector>

#include "tensor/parallel.h"

namespace rotor {

Adam::Adam(const OptimizationOptions& options, ParameterBuffer& parameters)
    : parameters_(parameters),
      groups_(parameter_groups(options, parameters)),
      epsilon_(options.adam_eps),
      first_(Tensor::zeros(parameters.values().shape())),
      second_(Tensor::zeros(parameters.values().shape())) {
  std::tie(beta1_, beta2_) = options.betas();
}

void Adam::step(double learning_rate, float gradient_scale) {
  ++steps_;
  const double t = static_cast<double>(steps_);
  const auto b1 = static_cast<float>(beta1_), b2 = static_cast<float>(beta2_), epsilon = static_cast<float>(epsilon_);
  float *p = parameters_.values().data(), *m = first_.data(), *v = second_.data();
  const float* gradients = parameters_.gradients().data();
  for (const ParameterGroup& group : groups_) {
    const double lr = learning_rate * group.rate;
    const auto rate = static_cast<float>(lr * std::sqrt(1 - std::pow(beta2_, t)) / (1 - std::pow(beta1_, t)));
    const auto decay = static_cast<float>(lr * group.weight_decay);
    const int64_t begin = group.begin, n = group.end - begin;
    parallel_elements(n > kParallelElements, n, [=](int64_t k) {
      const int64_t i = begin + k;
      const float g = gradients[i] * gradient_scale;
      m[i] = b1 * m[i] + (1 - b1) * g;
      v[i] = b2 * v[i] + (1 - b2) * g * g;
      p[i] -= decay * p[i] + rate * m[i] / (std::sqrt(v[i]) + epsilon);
    });
  }
}

double norm(const Tensor& x) {
  constexpr int64_t kBlock = 1 << 14;
  const int64_t n = x.elements(), blocks = (n + kBlock - 1) / kBlock;
  std::vector<double> sums(blocks);
  const float* data = x.span().data();
  parallel_for(true, blocks, [&](int64_t block) {
    const float* numbers = data;
    const int64_t end = std::min(n, (block + 1) * kBlock);
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = block * kBlock; i < end; ++i) {
      sum += static_cast<double>(numbers[i]) * numbers[i];
    }
    sums[block] = sum;
  });
  double total = 0;
  for (double sum : sums) total += sum;
  return std::sqrt(total);
}

}  // namespace rotor
