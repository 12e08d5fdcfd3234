#include "score/prediction_significance.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "score/golden.h"
#include "threads.h"

namespace rotor {
namespace {

JudgedRows rows_of(const nlohmann::json& golden, const char* system) {
  const auto classes = golden["classes"].get<int64_t>();
  if (classes == 0) return JudgedRows::of_numbers(golden["truth"], golden[system]);
  return JudgedRows::of_classes(golden["truth"], golden[system], classes);
}

TEST(PredictionBootstrap, GivesTheIntervalsAndPValuesOfTheSameResamples) {
  const auto golden = read_golden("predictions.json");
  ASSERT_GT(golden["bootstraps"].size(), 3u);
  for (const auto& test : golden["bootstraps"]) {
    const JudgedRows system = rows_of(test, "predicted"), baseline = rows_of(test, "baseline");
    const Resamples resamples(system.size(), test["count"].get<int64_t>(), test["seed"].get<uint64_t>());
    for (const auto& [name, expected] : test["metrics"].items()) {
      SCOPED_TRACE(fmt::format("{} of {} rows", name, system.size()));
      const PredictionMetric& metric = prediction_metric(name, system.classes());
      const Percentiles interval = bootstrap_interval(metric, system, resamples);
      EXPECT_NEAR(interval.low, expected["low"].get<double>(), 1e-9);
      EXPECT_NEAR(interval.high, expected["high"].get<double>(), 1e-9);
      const PairedTest paired = paired_bootstrap(metric, baseline, system, resamples);
      EXPECT_EQ(paired.system_score, metric.score(system, {}));
      EXPECT_EQ(paired.baseline_score, metric.score(baseline, {}));
      EXPECT_NEAR(paired.system.mean, expected["mean"].get<double>(), 1e-9);
      EXPECT_NEAR(paired.p_value, expected["p_value"].get<double>(), 1e-9);
    }
  }
}

TEST(PredictionBootstrap, FindsNoDifferenceOfASystemToItselfButOneToRubbish) {
  std::vector<double> truth, rubbish;
  for (int i = 0; i < 100; ++i) {
    truth.push_back(i);
    rubbish.push_back(i * 37 % 100);
  }
  const PredictionMetric& spearman = prediction_metric("spearman", 0);
  const JudgedRows right = JudgedRows::of_numbers(truth, truth), wrong = JudgedRows::of_numbers(truth, rubbish);
  const Resamples resamples(truth.size(), 400);
  EXPECT_LT(paired_bootstrap(spearman, wrong, right, resamples).p_value, 0.01);
  const PairedTest same = paired_bootstrap(spearman, wrong, wrong, resamples);
  EXPECT_EQ(same.baseline.mean, same.system.mean);
  EXPECT_DOUBLE_EQ(bootstrap_interval(spearman, right, resamples).low, 1);
}

TEST(PredictionBootstrap, DoesNotDependOnThreads) {
  const JudgedRows some = JudgedRows::of_numbers({1, 2, 3, 4, 5, 6, 7}, {1, 3, 2, 5, 4, 4, 0.1});
  const Resamples resamples(7, 500, 3);
  for (const char* name : {"pearson", "spearman"}) {
    std::vector<Percentiles> intervals;
    for (int count : {1, 3}) {
      const Threads threads(count);
      intervals.push_back(bootstrap_interval(prediction_metric(name, 0), some, resamples));
    }
    EXPECT_EQ(intervals[0].low, intervals[1].low);
    EXPECT_EQ(intervals[0].high, intervals[1].high);
  }
}

TEST(PredictionBootstrap, RefusesOtherRows) {
  const PredictionMetric& accuracy = prediction_metric("accuracy", 2);
  const JudgedRows a = JudgedRows::of_classes({0, 1}, {0, 1}, 2), b = JudgedRows::of_classes({1, 1}, {0, 1}, 2);
  EXPECT_TRUE(says(message_of<Error>([&] { paired_bootstrap(accuracy, a, b, Resamples(2, 10)); }), "same rows"));
  EXPECT_TRUE(says(message_of<Error>([&] { bootstrap_interval(accuracy, a, Resamples(3, 10)); }), "3 rows, got 2"));
}

}  // namespace
}  // namespace rotor
