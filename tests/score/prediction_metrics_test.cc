#include "score/prediction_metrics.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "score/golden.h"

namespace rotor {
namespace {

using Names = std::vector<std::string>;

JudgedRows rows_of(const nlohmann::json& golden) {
  const auto classes = golden["classes"].get<int64_t>();
  if (classes == 0) return JudgedRows::of_numbers(golden["truth"], golden["predicted"]);
  return JudgedRows::of_classes(golden["truth"], golden["predicted"], classes);
}

TEST(PredictionMetrics, AreThoseOfScikitLearnAndScipy) {
  const auto golden = read_golden("predictions.json");
  int compared = 0, undefined = 0;
  for (const auto& test : golden["cases"]) {
    SCOPED_TRACE(test["name"].get<std::string>());
    const JudgedRows judged = rows_of(test);
    EXPECT_EQ(prediction_metric_names(judged.classes()).size(), test["scores"].size());
    for (const auto& [name, expected] : test["scores"].items()) {
      const double score = prediction_metric(name, judged.classes()).score(judged, {});
      if (expected.is_null()) {
        EXPECT_EQ(score, 0) << name;
        ++undefined;
      } else {
        EXPECT_NEAR(score, expected.get<double>(), 1e-9) << name;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 100);
  EXPECT_EQ(undefined, 8) << "correlations with a constant, and of one row";
}

/// A row that counts n times is n rows.
TEST(PredictionMetrics, CountRowsAsOftenAsAsked) {
  const std::vector<uint16_t> counts = {2, 0, 1, 3, 1, 0, 2};
  const auto repeated = [&](const auto& values) {
    auto result = values;
    result.clear();
    for (size_t i = 0; i < counts.size(); ++i) result.insert(result.end(), counts[i], values[i]);
    return result;
  };
  const std::vector<int64_t> truth = {0, 1, 2, 1, 0, 2, 0}, predicted = {0, 1, 1, 1, 2, 0, 0};
  const std::vector<double> true_numbers = {1, 3, 2, 2, 0.5, 9, 4}, scores = {1, 7, 2.5, 0, 0, -1, 2};
  for (const PredictionMetric& metric : prediction_metrics()) {
    const int64_t classes = metric.fits_classes(3) ? 3 : 2;
    const auto of = [&](auto select) {
      if (metric.fits_classes(0)) return JudgedRows::of_numbers(select(true_numbers), select(scores));
      auto t = select(truth), p = select(predicted);
      for (auto* values : {&t, &p}) {
        for (int64_t& value : *values) value = std::min(value, classes - 1);
      }
      return JudgedRows::of_classes(t, p, classes);
    };
    const double counted = metric.score(of([](const auto& values) { return values; }), counts);
    EXPECT_NEAR(counted, metric.score(of(repeated), {}), 1e-12) << metric.name;
    EXPECT_NE(counted, metric.score(of([](const auto& values) { return values; }), {})) << metric.name;
  }
}

TEST(PredictionMetrics, FindAColumnConstantIfAllThatCountsIs) {
  const JudgedRows judged = JudgedRows::of_numbers({0.1, 0.1, 5}, {0.7, 0.2, 1});
  const std::vector<uint16_t> counts = {1, 2, 0};
  for (const char* name : {"pearson", "spearman"}) EXPECT_EQ(prediction_metric(name, 0).score(judged, counts), 0);
}

TEST(PredictionMetrics, AreListedByWhatTheyFit) {
  EXPECT_EQ(prediction_metric_names(), (Names{"accuracy", "f1", "macro_f1", "mcc", "pearson", "spearman"}));
  EXPECT_EQ(prediction_metric_names(2), (Names{"accuracy", "f1", "macro_f1", "mcc"}));
  EXPECT_EQ(prediction_metric_names(3), (Names{"accuracy", "macro_f1", "mcc"}));
  EXPECT_EQ(prediction_metric_names(0), (Names{"pearson", "spearman"}));
  EXPECT_EQ(prediction_metric("f1", 2).name, "f1");
  const auto refusal = [](const std::string& name, int64_t classes) {
    return message_of<Error>([&] { prediction_metric(name, classes); });
  };
  EXPECT_TRUE(says(refusal("bleu", 0), "unknown metric 'bleu'", "one of: pearson, spearman"));
  EXPECT_TRUE(says(refusal("f1", 3), "'f1' is not of predictions of 3 classes", "one of: accuracy, macro_f1, mcc"));
  EXPECT_TRUE(says(refusal("accuracy", 0), "not of predictions of numbers", "pearson"));
  EXPECT_TRUE(says(refusal("spearman", 2), "2 classes"));
}

}  // namespace
}  // namespace rotor
