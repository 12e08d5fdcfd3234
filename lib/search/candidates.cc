#include "search/candidates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

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

/// The token of a logit.
int32_t token_at(size_t column, const NextToken& next) {
  return next.tokens.empty() ? static_cast<int32_t>(column) : next.tokens[column];
}

/// Where the logit of a token is; nothing if there is none.
std::optional<size_t> column_of(int32_t token, const NextToken& next) {
  if (next.tokens.empty()) return token;
  const auto found = std::lower_bound(next.tokens.begin(), next.tokens.end(), token);
  if (found == next.tokens.end() || *found != token) return std::nullopt;
  return found - next.tokens.begin();
}

/// While one lives, the logits are changed as a search wants them. Made after the normaliser has been found.
class Changed {
 public:
  Changed(std::span<float> logits, const NextToken& next) : logits_(logits) {
    before_.reserve(next.changes.size());
    for (const Change& change : next.changes) {
      const auto column = column_of(change.token, next);
      if (!column) continue;
      before_.emplace_back(*column, logits[*column]);
      logits[*column] += change.amount;
    }
  }
  ~Changed() {
    for (auto it = before_.rbegin(); it != before_.rend(); ++it) logits_[it->first] = it->second;
  }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;

  /// Raises the maximum of each block in which a logit was raised.
  void raise(std::vector<float>& maxima) const {
    for (const auto& [column, before] : before_) {
      float& maximum = maxima[column / kMaximaBlock];
      maximum = std::max(maximum, logits_[column]);
    }
  }

 private:
  std::span<float> logits_;
  std::vector<std::pair<size_t, float>> before_;  ///< columns with what stood there, in the order of the changes
};

bool may_follow(int32_t token, const NextToken& next) {
  if (token == next.specials.eos) return next.allowed != Continuation::kNoEnd;
  return token != next.specials.pad && next.allowed != Continuation::kEnd;
}

/// The largest logit of the tokens that may follow; −∞ if none may.
float largest_of(std::span<const float> logits, const NextToken& next) {
  float largest = -INFINITY;
  for (size_t column = 0; column < logits.size(); ++column) {
    if (may_follow(token_at(column, next), next)) largest = std::max(largest, logits[column]);
  }
  return largest;
}

/// Weighs tokens by the likeliest that may follow: beside one that is forbidden all may have a probability of zero.
void draw_from_all(std::span<float> logits, float score, int32_t row, const NextToken& next, double draw,
                   std::vector<Candidate>& drawn) {
  std::vector<float> maxima;
  drawn.clear();
  const float normaliser = log_sum(logits, maxima);
  if (!std::isfinite(normaliser)) return;
  const Changed changed(logits, next);
  const float largest = largest_of(logits, next);
  if (largest == -INFINITY) return;
  std::vector<double> sums(logits.size());  // of the weights so far
  double total = 0;
  for (size_t column = 0; column < logits.size(); ++column) {
    const bool may = logits[column] > -INFINITY && may_follow(token_at(column, next), next);
    if (may) total += fast_exp(logits[column] - largest);
    sums[column] = total;
  }
  const auto found = std::upper_bound(sums.begin(), sums.end(), draw * total);
  const auto column = std::min<int64_t>(found - sums.begin(), std::ssize(sums) - 1);
  drawn.push_back({logits[column] - normaliser + score, row, token_at(column, next)});
}

}  // namespace

void best_continuations(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t count,
                        std::vector<Candidate>& best) {
  static thread_local std::vector<float> maxima;
  best.clear();
  count = std::min(count, std::ssize(logits));
  const float normaliser = log_sum(logits, maxima);
  if (!std::isfinite(normaliser)) return;
  const Changed changed(logits, next);
  if (const int32_t only = next.allowed == Continuation::kEnd ? next.specials.eos : next.forced; only >= 0) {
    const auto column = column_of(only, next);
    const float sum = next.certain ? score : column ? logits[*column] - normaliser + score : -INFINITY;
    if (sum > -INFINITY) best.push_back({sum, row, only});
    return;
  }
  changed.raise(maxima);

  // `best` is a heap whose front is the worst candidate. Tokens come in order, so an equal score later never beats it.
  float worst = -INFINITY;
  auto offer = [&](size_t column) {
    const float sum = logits[column] - normaliser + score;
    if (!(sum > worst)) return;
    const int32_t token = token_at(column, next);
    if (!may_follow(token, next)) return;
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
    for (size_t column = b * kMaximaBlock; column < end; ++column) {
      if (logits[column] >= least) offer(column);
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
  const auto weight = [&](const Candidate& c) { return std::exp(static_cast<double>(c.score) - drawn[0].score); };
  double total = 0;
  size_t kept = 0;
  for (int64_t count = topk > 0 ? topk : 64;; count *= 4) {
    best_continuations(logits, score, row, next, count, drawn);
    if (drawn.empty()) return;
    const double likeliest = std::exp(static_cast<double>(drawn[0].score) - score);  // whose weight is 1
    const double enough = topk > 0 ? INFINITY : topp / likeliest;
    for (total = 0, kept = 0; kept < drawn.size() && total < enough; ++kept) total += weight(drawn[kept]);
    if (topk > 0 || total >= enough || static_cast<int64_t>(drawn.size()) < count) break;
  }
  double rest = draw * total;
  size_t chosen = 0;
  while (chosen + 1 < kept && rest >= weight(drawn[chosen])) rest -= weight(drawn[chosen++]);
  drawn = {drawn[chosen]};
}

}  // namespace rotor
