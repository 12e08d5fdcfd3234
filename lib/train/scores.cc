#include "train/scores.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace rotor {
namespace {

struct Metric {
  const char* name;
  int decimals;          ///< in the log; −1 if it is only in train.jsonl
  bool decides = false;  ///< --best-checkpoint-metric
  bool higher = false;   ///< whether a higher score is better
};

constexpr Metric kMetrics[] = {
    {"loss", 3, true},           {"nll_loss", -1},
    {"loss_nats", -1},           {"ppl", 2},
    {"bleu", 2, true, true},     {"bits_per_character", 3},
    {"bits_per_byte", -1},       {"accuracy", 4, true, true},
    {"f1", 4, true, true},       {"macro_f1", 4, true, true},
    {"mcc", 4, true, true},      {"pearson", 4, true, true},
    {"spearman", 4, true, true},
};

const Metric* find(const std::string& name) {
  const auto* found =
      std::find_if(std::begin(kMetrics), std::end(kMetrics), [&](const Metric& m) { return m.name == name; });
  return found == std::end(kMetrics) ? nullptr : found;
}

}  // namespace

double value_of(const Scores& scores, const std::string& metric) {
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.metric == metric; });
  ROTOR_CHECK(found != scores.end(), "expected a validation to measure {}, which it did not", metric);
  return found->value;
}

std::string score_text(const Scores& scores) {
  std::string text;
  for (const auto& [name, value] : scores) {
    const Metric* metric = find(name);
    const int decimals = metric ? metric->decimals : 3;
    if (decimals >= 0) text += fmt::format(" | valid {} {:.{}f}", name, value, decimals);
  }
  return text;
}

std::vector<std::string> deciding_metrics() {
  std::vector<std::string> names;
  for (const Metric& metric : kMetrics) {
    if (metric.decides) names.emplace_back(metric.name);
  }
  return names;
}

bool higher_is_better(const std::string& metric) {
  const Metric* found = find(metric);
  return found && found->higher;
}

void BestScores::know(const std::vector<std::string>& metrics) {
  for (const std::string& metric : metrics) {
    if (std::none_of(all_.begin(), all_.end(), [&](const Best& best) { return best.metric == metric; }))
      all_.push_back({metric, {}});
  }
}

void BestScores::set(const std::string& metric, std::optional<double> score) {
  know({metric});
  for (Best& best : all_) {
    if (best.metric == metric) best.score = score;
  }
}

std::optional<double> BestScores::of(const std::string& metric) const {
  for (const Best& best : all_) {
    if (best.metric == metric) return best.score;
  }
  return std::nullopt;
}

bool BestScores::improved_by(const Scores& scores, const std::string& metric) const {
  const double score = value_of(scores, metric);
  const std::optional<double> best = of(metric);
  if (!std::isfinite(score)) return false;
  return !best || (higher_is_better(metric) ? score > *best : score < *best);
}

void BestScores::take(const Scores& scores) {
  for (Best& best : all_) {
    for (const Score& score : scores) {
      if (score.metric == best.metric && improved_by(scores, best.metric)) best.score = score.value;
    }
  }
}

void BestScores::forget() {
  for (Best& best : all_) best.score.reset();
}

}  // namespace rotor
