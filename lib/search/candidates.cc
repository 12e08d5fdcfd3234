#include "search/candidates.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kernel/log_sum.h"
#include "kernel/simd.h"

namespace rotor {
namespace {

/// A score that at least `count` tokens reach, computed from the maxima of their blocks: −∞ if there are fewer blocks.
float reached_by(int64_t count, const std::vector<float>& maxima) {
  if (count > static_cast<int64_t>(maxima.size())) return -INFINITY;
  static thread_local std::vector<float> largest;
  largest.resize(count);
  std::partial_sort_copy(maxima.begin(), maxima.end(), largest.begin(), largest.end(), std::greater<>());
  return largest.back();
}

/// While one lives, the logits are changed as a search wants them. Made after the normaliser has been found.
class Changed {
 public:
  Changed(std::span<float> logits, std::span<const Change> changes) : logits_(logits) {
    before_.reserve(changes.size());
    for (const Change& change : changes) {
      before_.push_back({change.token, logits[change.token]});
      logits[change.token] += change.amount;
    }
  }
  ~Changed() {
    for (auto it = before_.rbegin(); it != before_.rend(); ++it) logits_[it->token] = it->amount;
  }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;

 private:
  std::span<float> logits_;
  std::vector<Change> before_;
};

bool may_follow(int32_t token, const NextToken& next) {
  if (token == next.specials.eos) return next.allowed != Continuation::kNoEnd;
  return token != next.specials.pad && next.allowed != Continuation::kEnd;
}

void draw_from_all(std::span<float> logits, float score, int32_t row, const NextToken& next, double draw,
                   std::vector<Candidate>& drawn) {
  std::vector<float> maxima;
  drawn.clear();
  const float normaliser = log_sum(logits, maxima);
  if (!std::isfinite(normaliser)) return;
  const Changed changed(logits, next.changes);
  std::vector<double> sums(logits.size());  // of the probabilities so far
  double total = 0;
  for (size_t token = 0; token < logits.size(); ++token) {
    if (may_follow(static_cast<int32_t>(token), next)) total += fast_exp(logits[token] - normaliser);
    sums[token] = total;
  }
  if (!(total > 0)) return;
  const auto found = std::upper_bound(sums.begin(), sums.end(), draw * total);
  const auto token = static_cast<int32_t>(std::min<int64_t>(found - sums.begin(), std::ssize(sums) - 1));
  drawn.push_back({logits[token] - normaliser + score, row, token});
}

}  // namespace

void best_continuations(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t count,
                        std::vector<Candidate>& best) {
  static thread_local std::vector<float> maxima;
  best.clear();
  const float normaliser = log_sum(logits, maxima);
  if (!std::isfinite(normaliser)) return;
  const Changed changed(logits, next.changes);
  if (const int32_t only = next.allowed == Continuation::kEnd ? next.specials.eos : next.forced; only >= 0) {
    const float sum = next.certain ? score : logits[only] - normaliser + score;
    if (sum > -INFINITY) best.push_back({sum, row, only});
    return;
  }
  for (const Change& change : next.changes) {
    float& maximum = maxima[change.token / kMaximaBlock];
    maximum = std::max(maximum, logits[change.token]);
  }

  // `best` is a heap whose front is the worst candidate. Tokens come in order, so an equal score later never beats it.
  float worst = -INFINITY;
  auto offer = [&](int32_t token) {
    const float sum = logits[token] - normaliser + score;
    if (!(sum > worst) || !may_follow(token, next)) return;
    if (static_cast<int64_t>(best.size()) == count) {
      std::pop_heap(best.begin(), best.end());
      best.pop_back();
    }
    best.push_back({sum, row, token});
    std::push_heap(best.begin(), best.end());
    if (static_cast<int64_t>(best.size()) == count) worst = best.front().score;
  };
  // Each change lowers one block's best at most, and <pad> and </s> may not count.
  const float least = reached_by(count + 2 + static_cast<int64_t>(next.changes.size()), maxima);
  for (size_t b = 0; b < maxima.size(); ++b) {
    if (maxima[b] < least || !(maxima[b] - normaliser + score > worst)) continue;
    const size_t end = std::min(logits.size(), (b + 1) * kMaximaBlock);
    for (size_t token = b * kMaximaBlock; token < end; ++token) {
      if (logits[token] >= least) offer(static_cast<int32_t>(token));
    }
  }
  std::sort_heap(best.begin(), best.end());
}

void draw_continuation(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t topk,
                       double topp, double draw, std::vector<Candidate>& drawn) {
  if (next.forced >= 0 || next.allowed == Continuation::kEnd) {
    return best_continuations(logits, score, row, next, 1, drawn);
  }
  if (topk == 0 && topp >= 1) return draw_from_all(logits, score, row, next, draw, drawn);
  const auto probability = [&](const Candidate& c) { return std::exp(static_cast<double>(c.score) - score); };
  double total = 0;
  size_t kept = 0;
  for (int64_t count = topk > 0 ? topk : 64;; count *= 4) {
    best_continuations(logits, score, row, next, count, drawn);
    for (total = 0, kept = 0; kept < drawn.size() && (topk > 0 || total < topp); ++kept) {
      total += probability(drawn[kept]);
    }
    if (topk > 0 || total >= topp || static_cast<int64_t>(drawn.size()) < count) break;
  }
  if (drawn.empty()) return;
  double rest = draw * total;
  size_t chosen = 0;
  while (chosen + 1 < kept && rest >= probability(drawn[chosen])) rest -= probability(drawn[chosen++]);
  drawn = {drawn[chosen]};
}

}  // namespace rotor
