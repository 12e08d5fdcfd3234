#include "search/ensemble_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "kernel/log_sum.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// Makes log-probabilities of logits [M, N] times `factor`, which is above 0. Rows may end in −∞, of which their sums
/// have the same bits as without.
Tensor normalised(const Tensor& logits, float factor) {
  const int64_t width = logits.size(1);
  parallel_for(logits.elements() > kParallelElements, logits.size(0), [&](int64_t r) {
    static thread_local std::vector<float> maxima;
    const std::span<float> row = logits.span().subspan(r * width, width);
    for (float& x : row) x *= factor;
    const float normaliser = log_sum(row, maxima);
    for (float& x : row) x -= normaliser;
  });
  return logits;
}

}  // namespace

Tensor log_mean_exp(const std::vector<Tensor>& logs) {
  const Tensor result(logs[0].shape());
  const std::span<float> to = result.span();
  std::vector<std::span<const float>> each;
  for (const Tensor& log : logs) each.push_back(log.span());
  const float log_count = std::log(static_cast<float>(logs.size()));
  parallel_for(result.elements() > kParallelElements, result.elements(), [&](int64_t i) {
    float largest = each[0][i], sum = 0;
    for (const auto& log : each) largest = std::max(largest, log[i]);
    for (const auto& log : each) sum += std::exp(log[i] - largest);
    to[i] = largest == -INFINITY ? largest : largest + std::log(sum) - log_count;
  });
  return result;
}

/// fairseq's order: the temperature comes before each model's softmax. A factor that rounds to 0 would make NaN of −∞.
bool EnsembleSteps::divide_scores(double temperature) {
  factor_ = std::max(static_cast<float>(1 / temperature), std::numeric_limits<float>::min());
  return true;
}

int64_t EnsembleSteps::begin(std::span<const SearchInput> inputs) {
  std::vector<int64_t> read;
  for (const auto& model : models_) {
    model->want_attention(wants_attention());
    read.push_back(model->begin(inputs));
    ROTOR_CHECK(read.back() == read[0], "expected models of an ensemble to read {} tokens of prompts, got one of {}",
                read[0], read.back());
  }
  return read[0];
}

void EnsembleSteps::keep(std::span<const int64_t> inputs) {
  for (const auto& model : models_) model->keep(inputs);
}

void EnsembleSteps::step(std::span<const int32_t> tokens, std::span<const int64_t> parents) {
  for (const auto& model : models_) model->step(tokens, parents);
}

Tensor EnsembleSteps::scores(int64_t first, int64_t count) const {
  std::vector<Tensor> logs;
  for (const auto& model : models_) logs.push_back(normalised(model->scores(first, count), factor_));
  return log_mean_exp(logs);
}

Tensor EnsembleSteps::attention() const {
  const Tensor first = models_[0]->attention(), mean = Tensor::zeros(first.shape());
  const float share = 1 / static_cast<float>(models_.size());
  for (const auto& model : models_) mean.add(model->attention(), share);
  return mean;
}

}  // namespace rotor
