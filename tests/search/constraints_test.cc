#include "search/constraints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rotor {
namespace {

std::vector<int32_t> forbidden(const std::vector<Change>& changes) {
  std::vector<int32_t> tokens;
  for (const Change& change : changes) {
    EXPECT_EQ(change.amount, -INFINITY);
    tokens.push_back(change.token);
  }
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

TEST(Progress, CountsWholePhrasesAndTheLongestBegun) {
  const std::vector<TokenIds> phrases = {{7, 8, 9}, {7, 8, 4}, {5}};
  const auto after = [&](const TokenIds& tokens) { return progress(phrases, tokens); };
  EXPECT_EQ(after({}).tokens, 0);
  EXPECT_EQ(after({}).next, (std::vector<int32_t>{7, 7, 5}));
  EXPECT_EQ(after({7, 8}).tokens, 2);
  EXPECT_EQ(after({7, 8}).next, (std::vector<int32_t>{9, 4, 5}));
  EXPECT_EQ(after({7, 8, 4}).tokens, 3);
  EXPECT_EQ(after({7, 8, 5}).tokens, 1);  // what was begun and left counts no more
  EXPECT_EQ(after({7, 8, 4, 5, 7}).tokens, 5);
  EXPECT_FALSE(after({7, 8, 4, 5, 7}).complete);
  EXPECT_TRUE(after({7, 8, 4, 5, 7, 8, 9}).complete);
  EXPECT_TRUE(progress({}, TokenIds{1, 2}).complete);
}

TEST(Progress, FollowsAPhraseThatBeginsWithinItself) {
  EXPECT_EQ(progress({{4, 4, 5}}, TokenIds{4, 4, 4}).next, std::vector<int32_t>{5});
  EXPECT_EQ(progress({{4, 5, 4, 6}}, TokenIds{4, 5, 4, 5}).tokens, 2);
}

TEST(ForbidPhrases, ForbidsOnlyTheirLastTokenAfterTheOthers) {
  const std::vector<TokenIds> phrases = {{7}, {4, 5, 6}, {5, 8}};
  const auto after = [&](const TokenIds& tokens) {
    std::vector<Change> changes;
    forbid_phrases(phrases, tokens, changes);
    return forbidden(changes);
  };
  EXPECT_EQ(after({}), std::vector<int32_t>{7});
  EXPECT_EQ(after({4, 5}), (std::vector<int32_t>{6, 7, 8}));
  EXPECT_EQ(after({4, 5, 9}), std::vector<int32_t>{7});
}

TEST(ForbidRepeats, ForbidsWhatFollowedTheLastTokensBefore) {
  std::vector<Change> changes;
  forbid_repeats(TokenIds{4, 5, 6, 4, 5, 7, 4, 5}, 3, changes);
  EXPECT_EQ(forbidden(changes), (std::vector<int32_t>{6, 7}));
  changes.clear();
  forbid_repeats(TokenIds{4, 5}, 3, changes);
  EXPECT_TRUE(changes.empty());
}

TEST(DrawFromBanks, TakesTheBestOfEachBankInTurnHighestFirst) {
  const std::vector<BankedCandidate> candidates = {{{-1, 0, 10}, 0}, {{-2, 0, 11}, 0}, {{-9, 1, 12}, 3},
                                                   {{-3, 1, 13}, 1}, {{-4, 2, 14}, 1}, {{-3, 1, 13}, 1}};
  std::vector<int32_t> tokens;
  for (const Candidate& candidate : draw_from_banks(candidates, 4)) tokens.push_back(candidate.token);
  EXPECT_EQ(tokens, (std::vector<int32_t>{12, 13, 10, 14}));
  EXPECT_EQ(draw_from_banks(candidates, 100).size(), 5);  // the one that came twice is there once
}

}  // namespace
}  // namespace rotor
