#include "compare/scored_systems.h"

#include <algorithm>
#include <numeric>

namespace rotor {
namespace {

/// The options with BLEU and chrF as their metrics.
std::vector<std::unique_ptr<Metric>> bleu_and_chrf(ScoreOptions options, bool sentence_level) {
  options.metrics = {"bleu", "chrf"};
  options.compound_split_bleu = false;
  options.sentence_level = sentence_level;
  return options.make_metrics();
}

std::vector<double> row_scores(const Metric& metric, const Statistics& statistics) {
  std::vector<double> scores(statistics.segments());
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = metric.score(statistics.row(i));
  return scores;
}

}  // namespace

ScoredSystems score_systems(const ScoreOptions& options, const Texts& texts) {
  auto metrics = bleu_and_chrf(options, false);
  ScoredSystems scored{std::move(metrics[0]), std::move(metrics[1]), {}};
  const auto sentence_bleu = std::move(bleu_and_chrf(options, true)[0]);
  for (size_t s = 0; s < texts.systems.size(); ++s) {
    Statistics bleu = count_segments(*scored.bleu, texts.systems[s], texts.references);
    Statistics chrf = count_segments(*scored.chrf, texts.systems[s], texts.references);
    std::vector<double> of_bleu = row_scores(*sentence_bleu, bleu), of_chrf = row_scores(*scored.chrf, chrf);
    scored.systems.push_back(
        {options.hypothesis[s], std::move(bleu), std::move(chrf), std::move(of_bleu), std::move(of_chrf)});
  }
  return scored;
}

double score_of(const Metric& metric, const Statistics& statistics, const std::vector<size_t>& sentences) {
  std::vector<double> sums(metric.width());
  for (size_t i : sentences) {
    const auto row = statistics.row(i);
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += row[k];
  }
  return metric.score(sums);
}

std::vector<size_t> least(const std::vector<double>& values, int64_t count) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(count)));
  return order;
}

}  // namespace rotor
