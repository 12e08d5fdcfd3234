#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "score/golden.h"
#include "score/prediction_metrics.h"
#include "score/significance.h"
#include "threads.h"

namespace rotor {
namespace {

JudgedRows rows_of(const nlohmann::json& golden, const char* system) {
  const auto classes = golden["classes"].get<int64_t>();
  if (classes == 0) return JudgedRows::of_numbers(golden["truth"], golden[system]);
  return JudgedRows::of_classes(golden["truth"], golden[system], classes);
}

std::vector<double> scores_of(const PredictionMetric& metric, const JudgedRows& judged, const Resamples& resamples) {
  return resamples.scores([&](RowCounts counts) { return metric.score(judged, counts); });
}

TEST(PredictionResamples, GiveIntervalsAndTwoSidedPValues) {
  const auto golden = read_golden("predictions.json");
  ASSERT_GT(golden["bootstraps"].size(), 3u);
  for (const auto& test : golden["bootstraps"]) {
    const JudgedRows system = rows_of(test, "predicted"), baseline = rows_of(test, "baseline");
    const Resamples resamples(system.size(), test["count"].get<int64_t>(), test["seed"].get<uint64_t>());
    for (const auto& [name, expected] : test["metrics"].items()) {
      SCOPED_TRACE(fmt::format("{} of {} rows", name, system.size()));
      const PredictionMetric& metric = prediction_metric(name, system.classes());
      const std::vector<double> of_system = scores_of(metric, system, resamples);
      EXPECT_NEAR(percentiles_of(of_system).low, expected["low"].get<double>(), 1e-9);
      EXPECT_NEAR(percentiles_of(of_system).high, expected["high"].get<double>(), 1e-9);
      EXPECT_NEAR(interval_of(of_system).mean, expected["mean"].get<double>(), 1e-9);
      EXPECT_NEAR(two_sided_p_value(metric.score(baseline, {}), metric.score(system, {}),
                                    scores_of(metric, baseline, resamples), of_system),
                  expected["p_value"].get<double>(), 1e-9);
    }
  }
}

TEST(PredictionResamples, DoNotDependOnThreads) {
  const JudgedRows some = JudgedRows::of_numbers({1, 2, 3, 4, 5, 6, 7}, {1, 3, 2, 5, 4, 4, 0.1});
  const Resamples resamples(7, 500, 3);
  for (const char* name : {"pearson", "spearman"}) {
    const std::vector<double> expected = scores_of(prediction_metric(name, 0), some, resamples);
    for (int count : {1, 3, 8}) {
      const Threads several(count);
      EXPECT_EQ(scores_of(prediction_metric(name, 0), some, resamples), expected) << count << " threads";
      EXPECT_EQ(several.met(), count);
    }
  }
}

}  // namespace
}  // namespace rotor
