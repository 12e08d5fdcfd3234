#include "compare/sampled_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compare/token_loss.h"

namespace rotor {
namespace {

const TokenLoss kLoss;

ScoredTest losses(const std::vector<double>& bits) {
  Statistics statistics(bits.size(), 2);
  for (size_t i = 0; i < bits.size(); ++i) set_loss(statistics, i, bits[i], 1);
  return {{statistics}};
}

ScoredTest predictions(std::vector<int64_t> predicted) {
  ScoredTest test;
  test.judged = JudgedRows::of_classes({0, 1, 0, 1}, std::move(predicted), 2);
  return test;
}

TEST(CountedScore, OfATestThatWasNotMadeIsUnknown) {
  EXPECT_TRUE(std::isnan((CountedScore{&kLoss, 0}.of({{Statistics(0, 2)}}))));
}

TEST(CountedScore, OfSeveralSeedsSumsTheirStatistics) {
  const ScoredTest a = losses({1, 2, 3}), b = losses({3, 4, 5});
  const CountedScore score(&kLoss);
  EXPECT_EQ(score.segments(a), 3u);
  EXPECT_NEAR(score.of_seeds({&a, &b}), 3, 1e-12);
  const Resamples resamples(3, 50);
  const ScoredTest middle = losses({2, 3, 4});
  EXPECT_EQ(score.of_resamples({&a, &b}, resamples), score.of_resamples({&middle}, resamples));
  EXPECT_NE(score.of_resamples({&a}, resamples), score.of_resamples({&b}, resamples));
}

TEST(JudgedScore, OfSeveralSeedsIsTheirMean) {
  const ScoredTest right = predictions({0, 1, 0, 1}), half = predictions({0, 1, 1, 0});
  const PredictionMetric& metric = prediction_metric("mcc", 2);
  const JudgedScore score(metric);
  EXPECT_EQ(score.segments(right), 4u);
  EXPECT_NEAR(score.of_seeds({&right}), 1, 1e-12);
  EXPECT_NEAR(score.of_seeds({&right, &half}), 0.5, 1e-12);
  const Resamples resamples(4, 50);
  const auto both = score.of_resamples({&right, &half}, resamples), one = score.of_resamples({&right}, resamples),
             other = score.of_resamples({&half}, resamples);
  for (size_t i = 0; i < both.size(); ++i) EXPECT_NEAR(both[i], (one[i] + other[i]) / 2, 1e-12);
  EXPECT_EQ(other, resamples.scores([&](RowCounts counts) { return metric.score(half.judged.value(), counts); }));
}

}  // namespace
}  // namespace rotor
