#include "compare/scored_runs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compare/token_loss.h"
#include "page/statistics.h"
#include "score/bleu.h"
#include "score/chrf.h"

namespace rotor {
namespace {

const Segments kReference = {"the dog runs in the park today", "a man walks along the long street",
                             "two birds sing in a very old tree", "she reads a book about the sea"};

const Bleu kBleu;
const Chrf kChrf;
const TokenLoss kLoss;
const CountedScore kOfBleu{&kBleu, 0}, kOfChrf{&kChrf, 1}, kOfLoss{&kLoss, 2};

ScoredRun run_of(const std::string& label, int64_t seed, const Segments& hypotheses) {
  const std::vector<Segments> references = {kReference};
  ScoredRun run{label, seed, {}, {}};
  run.tests.push_back({{count_segments(kBleu, hypotheses, references), count_segments(kChrf, hypotheses, references)}});
  return run;
}

Segments spoiled(size_t which) {
  Segments lines = kReference;
  lines[which] = "the a the a the a";
  return lines;
}

TEST(Statistics, OfASample) {
  EXPECT_EQ(mean(std::vector<double>{1, 2, 6}), 3);
  EXPECT_NEAR(standard_deviation(std::vector<double>{1, 2, 6}), std::sqrt(7), 1e-12);
  EXPECT_TRUE(std::isnan(standard_deviation(std::vector<double>{1})));
  EXPECT_EQ(median({5, 1, 3}), 3);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
}

TEST(PooledScore, ScoresTheTranslationsOfAllSeedsAsOneText) {
  const Group group{"rope", {run_of("rope", 1, spoiled(0)), run_of("rope", 2, spoiled(1))}};
  Segments both = spoiled(0), references = kReference;
  const Segments second = spoiled(1);
  both.insert(both.end(), second.begin(), second.end());
  references.insert(references.end(), kReference.begin(), kReference.end());
  EXPECT_NEAR(pooled_score(group, kOfBleu, {{0, 1, 2, 3}}), corpus_bleu(both, std::vector<Segments>{references}).score,
              1e-9);
  EXPECT_NEAR(pooled_score(group, kOfBleu, {{2, 3}}), 100, 1e-9);
  EXPECT_TRUE(std::isnan(pooled_score(group, kOfBleu, {{}})));
}

TEST(PooledScore, OfLossesIsBitsAToken) {
  Group group{"rope", {run_of("rope", 1, kReference)}};
  Statistics losses(4, 2);
  set_loss(losses, 0, 4, 2);
  set_loss(losses, 1, 6, 3);
  group.runs[0].tests[0].statistics.push_back(losses);
  EXPECT_NEAR(pooled_score(group, kOfLoss, {{0, 1}}), 2, 1e-12);
  EXPECT_NEAR(kOfLoss.of(group.runs[0].tests[0]), 2, 1e-12);
}

TEST(Significance, PairsTheSeedsThatBothHave) {
  const Group good{"rope", {run_of("rope", 1, kReference), run_of("rope", 2, kReference)}};
  const Group bad{"none", {run_of("none", 1, spoiled(0)), run_of("none", 3, kReference)}};
  const Group same{"t5", {run_of("t5", 3, kReference)}};
  const Resamples resamples(kReference.size(), 200);
  const auto p = significance(bad, good, kOfBleu, resamples);
  ASSERT_TRUE(p.has_value());
  const Group one_good{"rope", {good.runs[0]}}, one_bad{"none", {bad.runs[0]}};
  EXPECT_EQ(p, significance(one_bad, one_good, kOfBleu, resamples));
  const Statistics &worse = bad.runs[0].tests[0].statistics[0], &better = good.runs[0].tests[0].statistics[0];
  EXPECT_EQ(p, two_sided_p_value(kBleu.score(worse.sum()), kBleu.score(better.sum()), resamples.scores(kBleu, worse),
                                 resamples.scores(kBleu, better)));
  EXPECT_FALSE(significance(same, good, kOfBleu, resamples).has_value());
  EXPECT_FALSE(significance(bad, good, kOfBleu, Resamples(kReference.size() + 1, 200)).has_value());
}

TEST(Significance, OfEqualScoresIsOne) {
  const Group a{"rope", {run_of("rope", 1, kReference)}}, b{"t5", {run_of("t5", 1, kReference)}};
  EXPECT_EQ(significance(a, b, kOfBleu, Resamples(kReference.size(), 50)), 1);
  EXPECT_EQ(significance(a, b, kOfChrf, Resamples(kReference.size(), 50)), 1);
}

TEST(LossAt, LiesOnStraightLinesBetweenValidations) {
  TrainingLog log;
  log.validations = {{10, 1, 6.0, 0}, {20, 1, 4.0, 0}, {30, 2, 3.0, 0}};
  EXPECT_EQ(loss_at(log, 10), 6);
  EXPECT_EQ(loss_at(log, 15), 5);
  EXPECT_EQ(loss_at(log, 30), 3);
  EXPECT_TRUE(std::isnan(loss_at(log, 9)));
  EXPECT_TRUE(std::isnan(loss_at(log, 31)));
}

TEST(CommonEnd, IsWhatTheShortestAndTheFastestRunReached) {
  ScoredRun slow = run_of("t5", 1, kReference), fast = run_of("rope", 1, kReference);
  slow.result.training.validations = {{40, 1, 5, 5}};
  slow.result.training.seconds_per_update = 2;
  fast.result.training.validations = {{50, 1, 5, 5}};
  fast.result.training.seconds_per_update = 1;
  const CommonEnd end = common_end({{"t5", {slow}}, {"rope", {fast}}});
  EXPECT_EQ(end.update, 40);
  EXPECT_EQ(end.seconds, 50);
}

TEST(UpdateAt, IsNeverBehindTheLastValidation) {
  Group group{"rope", {run_of("rope", 1, kReference)}};
  TrainingLog& log = group.runs[0].result.training;
  log.validations = {{100, 1, 6, 6}, {600, 2, 4, 4}};
  log.seconds_per_update = 2;
  EXPECT_EQ(update_at(log, 300), 150);
  for (int i = 1; i < 1000; ++i) {  // 600 * s / s is above 600 for some of them
    log.seconds_per_update = i / 997.0;
    EXPECT_EQ(loss_at(log, update_at(log, common_end({group}).seconds)), 4) << log.seconds_per_update;
  }
}

}  // namespace
}  // namespace rotor
