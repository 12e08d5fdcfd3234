#include "score/hierarchical_bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace rotor {
namespace {

/// The mean of one number a segment.
class Mean : public CorpusScore {
 public:
  size_t width() const override { return 2; }
  double score(std::span<const double> sums) const override { return sums[0] / sums[1]; }
};

/// Runs whose segments vary by `segments` (and all runs have the same), and whose means by `runs`.
std::vector<Statistics> runs_of(size_t count, size_t segments, double of_runs, double of_segments, uint64_t seed) {
  Random random(seed), shared(7);
  std::vector<double> noise;
  for (size_t i = 0; i < segments; ++i) noise.push_back(of_segments * shared.normal());
  std::vector<Statistics> runs;
  for (size_t run = 0; run < count; ++run) {
    Statistics& statistics = runs.emplace_back(segments, 2);
    const double mean = of_runs * random.normal();
    for (size_t i = 0; i < segments; ++i) {
      statistics.row(i)[0] = mean + noise[i];
      statistics.row(i)[1] = 1;
    }
  }
  return runs;
}

std::vector<double> scores_of(const std::vector<Statistics>& runs, const Resamples& resamples, uint64_t seed) {
  std::vector<std::vector<double>> of_runs;
  for (const Statistics& run : runs) of_runs.push_back(resamples.scores(Mean(), run));
  return mean_scores(of_runs, seed);
}

double variance(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / (n - 1);
}

TEST(HierarchicalBootstrap, ShowsTheVarianceOfAMeanOverRunsAndOverSegments) {
  constexpr size_t kSegments = 300;
  const Resamples resamples(kSegments, 20000);
  for (const size_t count : {2, 3, 8}) {
    const std::vector<Statistics> runs = runs_of(count, kSegments, 1, 2, count);
    std::vector<double> means, segments;
    for (const Statistics& run : runs) means.push_back(Mean().score(run.sum()));
    for (size_t i = 0; i < kSegments; ++i) segments.push_back(runs[0].row(i)[0]);
    const double expected = variance(means) / static_cast<double>(count) + variance(segments) / kSegments;
    const auto scores = scores_of(runs, resamples, 5);
    EXPECT_NEAR(variance(scores), expected, 0.05 * expected) << count << " runs";
  }
}

TEST(HierarchicalBootstrap, IsThatOfSegmentsForOneRun) {
  const std::vector<Statistics> runs = runs_of(1, 50, 1, 1, 3);
  const Resamples resamples(50, 100);
  EXPECT_EQ(scores_of(runs, resamples, 5), resamples.scores(Mean(), runs[0]));
  EXPECT_ANY_THROW(mean_scores({}, 5));
}

TEST(HierarchicalBootstrap, DoesNotTakeDifferencesOfSeedsForThoseOfSystems) {
  constexpr size_t kSegments = 200;
  const Resamples resamples(kSegments, 2000);
  const Mean mean;
  int plain = 0, hierarchical = 0;
  constexpr int kTrials = 60;  // of two systems that are the same, but for three seeds each
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    const std::vector<Statistics> a = runs_of(3, kSegments, 1, 1, 100 + 2 * trial);
    const std::vector<Statistics> b = runs_of(3, kSegments, 1, 1, 101 + 2 * trial);
    plain += paired_bootstrap(mean, a[0], b[0], resamples).p_value < 0.05 ? 1 : 0;
    const auto pooled = [&](const std::vector<Statistics>& runs) {
      return (mean.score(runs[0].sum()) + mean.score(runs[1].sum()) + mean.score(runs[2].sum())) / 3;
    };
    const auto of_a = scores_of(a, resamples, 1);
    const auto of_b = scores_of(b, resamples, 2);
    hierarchical += two_sided_p_value(pooled(a), pooled(b), of_a, of_b) < 0.05 ? 1 : 0;
  }
  EXPECT_GT(plain, kTrials / 2) << "segments alone see a difference of two trainings nearly always";
  EXPECT_LT(hierarchical, kTrials / 4);
}

}  // namespace
}  // namespace rotor
