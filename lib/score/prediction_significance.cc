#include "score/prediction_significance.h"

#include "base/check.h"

namespace rotor {
namespace {

std::vector<double> scores_of(const PredictionMetric& metric, const JudgedRows& judged, const Resamples& resamples) {
  ROTOR_CHECK(judged.size() == resamples.segments(), "expected predictions of {} rows, got {}", resamples.segments(),
              judged.size());
  return resamples.scores([&](RowCounts counts) { return metric.score(judged, counts); });
}

}  // namespace

Percentiles bootstrap_interval(const PredictionMetric& metric, const JudgedRows& judged, const Resamples& resamples) {
  return percentiles_of(scores_of(metric, judged, resamples));
}

PairedTest paired_bootstrap(const PredictionMetric& metric, const JudgedRows& baseline, const JudgedRows& system,
                            const Resamples& resamples) {
  ROTOR_CHECK(baseline.same_rows(system),
              "expected predictions of the same rows from both systems, got other true labels; compare systems on one "
              "file");
  return paired_test(metric.score(baseline, {}), metric.score(system, {}), scores_of(metric, baseline, resamples),
                     scores_of(metric, system, resamples));
}

}  // namespace rotor
