// How sure prediction metrics are: percentile intervals of bootstrap resamples of the rows (Efron 1979), and the paired
// bootstrap test of two systems on the same rows (Koehn 2004), with the resamples and the p-value of
// score/significance.h.
//
//   const Resamples resamples(judged.size(), 1000, seed);
//   const Percentiles interval = bootstrap_interval(metric, judged, resamples);
//   if (paired_bootstrap(metric, baseline, judged, resamples).p_value < 0.05) …
#pragma once

#include "score/prediction_metrics.h"
#include "score/significance.h"

namespace rotor {

/// The interval that holds 95 % of a metric's scores of the resamples. Metrics must fit, and resamples must be of as
/// many rows.
Percentiles bootstrap_interval(const PredictionMetric& metric, const JudgedRows& judged, const Resamples& resamples);

/// The two-sided test. An Error unless both systems' predictions are of the same rows: of equal truth.
PairedTest paired_bootstrap(const PredictionMetric& metric, const JudgedRows& baseline, const JudgedRows& system,
                            const Resamples& resamples);

}  // namespace rotor
