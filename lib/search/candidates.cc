#include "search/candidates.h"

#include <algorithm>
#include <cmath>

#include "model/token_batch.h"
#include "tensor/simd.h"

namespace rotor {
namespace {

constexpr size_t kBlock = 64;

/// log Σ e^x, given the largest x.
float log_sum(std::span<const float> x, float largest) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < x.size(); ++i) sum += fast_exp(x[i] - largest);
  return largest + std::log(sum);
}

}  // namespace

void best_continuations(std::span<const float> logits, float score, int32_t row, Continuation allowed, int64_t count,
                        std::vector<Candidate>& best) {
  static thread_local std::vector<float> maxima;
  maxima.clear();
  for (size_t i = 0; i < logits.size(); i += kBlock) {
    const auto part = logits.subspan(i, std::min(kBlock, logits.size() - i));
    maxima.push_back(maximum(part.data(), static_cast<int64_t>(part.size())));
  }
  const float normaliser = log_sum(logits, maximum(maxima.data(), static_cast<int64_t>(maxima.size())));

  // `best` is a heap whose front is the worst candidate. Tokens come in order, so an equal score later never beats it.
  best.clear();
  float worst = -INFINITY;
  auto offer = [&](size_t token) {
    const float sum = logits[token] - normaliser + score;
    if (!(sum > worst) || token == kPad || (token == kEos && allowed == Continuation::kNoEnd)) return;
    if (static_cast<int64_t>(best.size()) == count) {
      std::pop_heap(best.begin(), best.end());
      best.pop_back();
    }
    best.push_back({sum, row, static_cast<int32_t>(token)});
    std::push_heap(best.begin(), best.end());
    if (static_cast<int64_t>(best.size()) == count) worst = best.front().score;
  };
  if (allowed == Continuation::kEnd) {
    offer(kEos);
    return;
  }
  for (size_t b = 0; b < maxima.size(); ++b) {
    if (!(maxima[b] - normaliser + score > worst)) continue;
    const size_t end = std::min(logits.size(), (b + 1) * kBlock);
    for (size_t token = b * kBlock; token < end; ++token) offer(token);
  }
  std::sort_heap(best.begin(), best.end());
}

}  // namespace rotor
