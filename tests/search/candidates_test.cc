#include "search/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

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
    if (v != kSpecials.pad && (v != kSpecials.eos || may_end)) tokens.push_back(v);
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
      std::vector<float> logits = random_logits(size, size + count);
      std::vector<Candidate> best;
      best_continuations(logits, -1, 3, {Continuation::kAny}, static_cast<int64_t>(count), best);
      EXPECT_EQ(tokens_of(best), sorted_tokens(logits, true, count)) << size << " choose " << count;
      best_continuations(logits, -1, 3, {Continuation::kNoEnd}, static_cast<int64_t>(count), best);
      EXPECT_EQ(tokens_of(best), sorted_tokens(logits, false, count)) << size << " choose " << count;
    }
  }
}

TEST(BestContinuations, ATokenThatIsCertainCostsNothing) {
  std::vector<float> logits = random_logits(300, 1);
  std::vector<Candidate> best;
  best_continuations(logits, -2.5f, 4, {.forced = 7, .certain = true}, 5, best);
  ASSERT_EQ(best.size(), 1);
  EXPECT_EQ(best[0].token, 7);
  EXPECT_EQ(best[0].score, -2.5f);
  best_continuations(logits, -2.5f, 4, {.forced = 7}, 5, best);
  EXPECT_LT(best[0].score, -2.6f);
}

TEST(BestContinuations, ScoresAreLogProbabilitiesAddedToTheHypothesis) {
  std::vector<float> logits = random_logits(300, 1);
  double sum = 0;
  for (float x : logits) sum += std::exp(static_cast<double>(x));
  std::vector<Candidate> best;
  best_continuations(logits, -2.5f, 0, {Continuation::kAny}, 7, best);
  ASSERT_EQ(best.size(), 7);
  for (const Candidate& c : best) EXPECT_NEAR(c.score, logits[c.token] - std::log(sum) - 2.5, 1e-5);
  best_continuations(logits, -2.5f, 0, {Continuation::kEnd}, 7, best);
  ASSERT_EQ(best.size(), 1);
  EXPECT_EQ(best[0].token, kSpecials.eos);
  EXPECT_NEAR(best[0].score, logits[kSpecials.eos] - std::log(sum) - 2.5, 1e-5);
}

TEST(BestContinuations, OfEqualScoresTakeTheSmallerToken) {
  std::vector<float> logits(200, 0.5f);
  logits[150] = logits[70] = 1;
  std::vector<Candidate> best;
  best_continuations(logits, 0, 0, {Continuation::kAny}, 5, best);
  EXPECT_EQ(tokens_of(best), (std::vector<int32_t>{70, 150, 0, 2, 3}));
}

TEST(BestContinuations, LeaveOutImpossibleTokensAndEveryOneAfterNan) {
  std::vector<float> logits(6, -INFINITY);
  logits[4] = 1;
  std::vector<Candidate> best;
  best_continuations(logits, 0, 0, {Continuation::kAny}, 5, best);
  EXPECT_EQ(tokens_of(best), std::vector<int32_t>{4});
  logits[5] = NAN;
  best_continuations(logits, 0, 0, {Continuation::kAny}, 5, best);
  EXPECT_TRUE(best.empty());
}

TEST(BestContinuations, ChangesForbidPunishAndFavourTokens) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<float> logits = random_logits(1000, seed), changed = logits;
    const std::vector<float> before = logits;
    std::vector<Candidate> best, plain;
    best_continuations(logits, 0, 0, {}, 3, plain);
    const std::vector<Change> changes = {
        {plain[0].token, -INFINITY}, {plain[1].token, -1}, {plain[1].token, -1}, {7, 9}};
    for (const auto& [token, amount] : changes) changed[token] += amount;
    best_continuations(logits, 0, 0, {Continuation::kAny, changes}, 10, best);
    EXPECT_EQ(tokens_of(best), sorted_tokens(changed, true, 10));
    EXPECT_EQ(logits, before);
    // What is forbidden keeps its probability: the others' scores stay.
    for (const Candidate& c : best) {
      if (c.token == plain[2].token) {
        EXPECT_EQ(c.score, plain[2].score);
      }
    }
  }
}

TEST(BestContinuations, AForcedTokenIsTheOnlyOne) {
  std::vector<float> logits = random_logits(100, 1);
  std::vector<Candidate> best, all;
  best_continuations(logits, -1, 0, {}, 100, all);
  best_continuations(logits, -1, 0, {Continuation::kNoEnd, {}, 33}, 5, best);
  ASSERT_EQ(tokens_of(best), std::vector<int32_t>{33});
  for (const Candidate& c : all) {
    if (c.token == 33) {
      EXPECT_EQ(best[0].score, c.score);
    }
  }
}

/// How often each token is drawn, by the draws 0, 1/n, 2/n …
std::vector<double> frequencies(std::vector<float>& logits, const NextToken& next, int64_t topk, double topp) {
  std::vector<double> result(logits.size());
  constexpr int kDraws = 20000;
  std::vector<Candidate> drawn;
  for (int i = 0; i < kDraws; ++i) {
    draw_continuation(logits, -1, 0, next, topk, topp, static_cast<double>(i) / kDraws, drawn);
    if (drawn.size() != 1) return {};
    result[drawn[0].token] += 1.0 / kDraws;
  }
  return result;
}

TEST(DrawContinuation, DrawsByProbabilityAmongThoseThatMayFollow) {
  std::vector<float> logits = random_logits(30, 3);
  const std::vector<int32_t> order = sorted_tokens(logits, false, 30);
  const std::vector<Change> none_of_the_best = {{order[0], -INFINITY}};
  auto check = [&](const NextToken& next, int64_t topk, double topp, std::vector<int32_t> expected) {
    double total = 0;
    for (int32_t token : expected) total += std::exp(static_cast<double>(logits[token]));
    const auto found = frequencies(logits, next, topk, topp);
    ASSERT_EQ(found.size(), logits.size());
    double sum = 0;
    for (int32_t token : expected) {
      EXPECT_NEAR(found[token], std::exp(static_cast<double>(logits[token])) / total, 2e-4);
      sum += found[token];
    }
    EXPECT_NEAR(sum, 1, 1e-9);
  };
  check({Continuation::kNoEnd}, 0, 1, order);
  check({Continuation::kNoEnd}, 3, 1, {order[0], order[1], order[2]});
  check({Continuation::kNoEnd, none_of_the_best}, 2, 1, {order[1], order[2]});
  double all = 0;
  for (float x : logits) all += std::exp(static_cast<double>(x));
  const double two =
      (std::exp(static_cast<double>(logits[order[0]])) + std::exp(static_cast<double>(logits[order[1]]))) / all;
  check({Continuation::kNoEnd}, 0, two - 1e-3, {order[0], order[1]});
  check({Continuation::kNoEnd}, 0, two + 1e-3, {order[0], order[1], order[2]});
  check({Continuation::kEnd}, 0, 1, {kSpecials.eos});
}

TEST(DrawContinuation, DrawsByProbabilityWhereTheLikelyTokensAreForbidden) {
  std::vector<float> logits(200, -INFINITY);
  std::fill(logits.begin() + 100, logits.end(), -4000);
  logits[5] = 0;
  logits[7] = -2000;
  logits[150] = -2001;
  const std::vector<Change> forbidden = {{5, -INFINITY}};
  for (const auto& [topk, topp] : {std::pair<int64_t, double>{0, 1}, {3, 1}, {0, 0.9}}) {
    const auto found = frequencies(logits, {.changes = forbidden}, topk, topp);
    ASSERT_EQ(found.size(), logits.size());
    EXPECT_NEAR(found[7], 1 / (1 + std::exp(-1)), 2e-4) << topk << " " << topp;
    EXPECT_NEAR(found[7] + found[150], 1, 1e-9) << topk << " " << topp;
  }
  std::vector<Candidate> drawn;
  std::fill(logits.begin(), logits.end(), -INFINITY);
  logits[5] = 0;
  for (const int64_t topk : {0, 3}) {
    draw_continuation(logits, 0, 0, {.changes = forbidden}, topk, 1, 0.5, drawn);
    EXPECT_TRUE(drawn.empty());
  }
}

TEST(DrawContinuation, MayBeOfMoreTokensThanThereAre) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  std::vector<float> logits = random_logits(300, 5);
  std::vector<Candidate> all, drawn;
  best_continuations(logits, -1, 0, {Continuation::kAny}, kMost, all);
  EXPECT_EQ(tokens_of(all), sorted_tokens(logits, true, 300));
  for (const double draw : {0.0, 0.4, 0.99}) {
    draw_continuation(logits, -1, 0, {}, 300, 1, draw, all);
    draw_continuation(logits, -1, 0, {}, kMost, 1, draw, drawn);
    EXPECT_EQ(tokens_of(drawn), tokens_of(all));
  }
}

TEST(DrawContinuation, ScoresAreLogProbabilitiesAmongAllTokens) {
  std::vector<float> logits = random_logits(500, 4);
  std::vector<Candidate> all, drawn;
  best_continuations(logits, -3, 0, {}, 500, all);
  for (const auto& [topk, topp] : {std::pair<int64_t, double>{0, 1}, {5, 1}, {0, 0.5}}) {
    draw_continuation(logits, -3, 0, {}, topk, topp, 0.3, drawn);
    ASSERT_EQ(drawn.size(), 1);
    for (const Candidate& c : all) {
      if (c.token == drawn[0].token) {
        EXPECT_NEAR(drawn[0].score, c.score, 1e-5);
      }
    }
  }
}

/// A search that sees the logits of some tokens only finds what one does that sees all, with −∞ for the others.
TEST(Candidates, OfSomeTokensAreThoseOfAllWhereTheOthersAreImpossible) {
  const int64_t size = 1000;
  std::vector<float> all = random_logits(size, 3), seen;
  std::vector<int32_t> tokens;
  for (int32_t token = 0; token < size; ++token) {
    if (token % 3 == 2) {
      tokens.push_back(token);
      seen.push_back(all[token]);
    } else {
      all[token] = -INFINITY;
    }
  }
  const std::vector<Change> changes = {{5, 4}, {8, -INFINITY}, {9, 30}, {998, 20}, {5, 2}, {0, 1}};
  std::vector<Candidate> expected, found;
  const auto expect = [&](const NextToken& next) {
    NextToken of_seen = next;
    of_seen.tokens = tokens;
    const auto expect_same = [&] {
      ASSERT_EQ(tokens_of(found), tokens_of(expected));
      for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i].score, expected[i].score, 1e-5);
    };
    for (const int64_t count : {1, 10, 40, 1000}) {
      best_continuations(all, -1, 3, next, count, expected);
      best_continuations(seen, -1, 3, of_seen, count, found);
      expect_same();
    }
    for (const double draw : {0.01, 0.3, 0.7, 0.99}) {
      for (const auto& [topk, topp] : {std::pair(0, 1.0), std::pair(7, 1.0), std::pair(0, 0.8)}) {
        draw_continuation(all, -1, 3, next, topk, topp, draw, expected);
        draw_continuation(seen, -1, 3, of_seen, topk, topp, draw, found);
        expect_same();
      }
    }
  };
  expect({});
  expect({.changes = changes});
  expect({.allowed = Continuation::kNoEnd, .changes = changes});
  expect({.allowed = Continuation::kEnd});
  expect({.forced = 8});
  expect({.forced = 9});
  expect({.forced = 8, .certain = true});
  for (const auto& [logits, of] : {std::pair(&all, std::vector<int32_t>()), std::pair(&seen, tokens)}) {
    best_continuations(*logits, -1, 3, {.changes = {{998, 40}}, .tokens = of}, 1, found);
    EXPECT_EQ(tokens_of(found), std::vector<int32_t>{998}) << "in a block without other good ones";
  }
}

}  // namespace
}  // namespace rotor
