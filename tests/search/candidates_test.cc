#include "search/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "model/token_batch.h"

namespace rotor {
namespace {

std::vector<float> random_logits(int64_t size, uint64_t seed) {
  Random random(seed);
  std::vector<float> logits(size);
  for (float& x : logits) x = static_cast<float>(3 * random.normal());
  return logits;
}

/// By sorting the whole vocabulary.
std::vector<int32_t> sorted_tokens(const std::vector<float>& logits, bool may_end, size_t count) {
  std::vector<int32_t> tokens;
  for (int32_t v = 0; v < static_cast<int32_t>(logits.size()); ++v) {
    if (v != kPad && (v != kEos || may_end)) tokens.push_back(v);
  }
  std::stable_sort(tokens.begin(), tokens.end(), [&](int32_t a, int32_t b) { return logits[a] > logits[b]; });
  tokens.resize(std::min(tokens.size(), count));
  return tokens;
}

std::vector<int32_t> tokens_of(const std::vector<Candidate>& candidates) {
  std::vector<int32_t> tokens;
  for (const Candidate& candidate : candidates) tokens.push_back(candidate.token);
  return tokens;
}

TEST(BestContinuations, AreThoseThatSortingFinds) {
  for (int64_t size : {5, 63, 64, 65, 1000, 10007}) {
    for (size_t count : {1, 2, 10, 40}) {
      const std::vector<float> logits = random_logits(size, size + count);
      std::vector<Candidate> best;
      best_continuations(logits, -1, 3, Continuation::kAny, static_cast<int64_t>(count), best);
      EXPECT_EQ(tokens_of(best), sorted_tokens(logits, true, count)) << size << " choose " << count;
      best_continuations(logits, -1, 3, Continuation::kNoEnd, static_cast<int64_t>(count), best);
      EXPECT_EQ(tokens_of(best), sorted_tokens(logits, false, count)) << size << " choose " << count;
    }
  }
}

TEST(BestContinuations, ScoresAreLogProbabilitiesAddedToTheHypothesis) {
  const std::vector<float> logits = random_logits(300, 1);
  double sum = 0;
  for (float x : logits) sum += std::exp(static_cast<double>(x));
  std::vector<Candidate> best;
  best_continuations(logits, -2.5f, 0, Continuation::kAny, 7, best);
  ASSERT_EQ(best.size(), 7);
  for (const Candidate& c : best) EXPECT_NEAR(c.score, logits[c.token] - std::log(sum) - 2.5, 1e-5);
  best_continuations(logits, -2.5f, 0, Continuation::kEnd, 7, best);
  ASSERT_EQ(best.size(), 1);
  EXPECT_EQ(best[0].token, kEos);
  EXPECT_NEAR(best[0].score, logits[kEos] - std::log(sum) - 2.5, 1e-5);
}

TEST(BestContinuations, OfEqualScoresTakeTheSmallerToken) {
  std::vector<float> logits(200, 0.5f);
  logits[150] = logits[70] = 1;
  std::vector<Candidate> best;
  best_continuations(logits, 0, 0, Continuation::kAny, 5, best);
  EXPECT_EQ(tokens_of(best), (std::vector<int32_t>{70, 150, 0, 2, 3}));
}

TEST(BestContinuations, LeaveOutImpossibleTokensAndEveryOneAfterNan) {
  std::vector<float> logits(6, -INFINITY);
  logits[4] = 1;
  std::vector<Candidate> best;
  best_continuations(logits, 0, 0, Continuation::kAny, 5, best);
  EXPECT_EQ(tokens_of(best), std::vector<int32_t>{4});
  logits[5] = NAN;
  best_continuations(logits, 0, 0, Continuation::kAny, 5, best);
  EXPECT_TRUE(best.empty());
}

}  // namespace
}  // namespace rotor
