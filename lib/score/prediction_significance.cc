#include "score/prediction_significance.h"

#include "base/check.h"

namespace rotor {
namespace {

std::vector<double> scores_of(const PredictionMetric& metric, const Predictions& predictions,
                              const Resamples& resamples) {
  ROTOR_CHECK(predictions.rows() == resamples.segments(), "expected predictions of {} rows, got {}",
              resamples.segments(), predictions.rows());
  return resamples.scores([&](RowCounts counts) { return metric.score(predictions, counts); });
}

}  // namespace

Percentiles bootstrap_interval(const PredictionMetric& metric, const Predictions& predictions,
                               const Resamples& resamples) {
  return percentiles_of(scores_of(metric, predictions, resamples));
}

PairedTest paired_bootstrap(const PredictionMetric& metric, const Predictions& baseline, const Predictions& system,
                            const Resamples& resamples) {
  ROTOR_CHECK(baseline.same_rows(system),
              "expected predictions of the same rows from both systems, got other true labels; compare systems on one "
              "file");
  return paired_test(metric.score(baseline, {}), metric.score(system, {}), scores_of(metric, baseline, resamples),
                     scores_of(metric, system, resamples));
}

}  // namespace rotor
