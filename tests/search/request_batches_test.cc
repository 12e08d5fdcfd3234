#include "search/request_batches.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rotor {
namespace {

using Indices = std::vector<std::vector<int64_t>>;

TEST(BatchesByLength, TakeTheLongestFirstAndKeepTheOrderOfEqualOnes) {
  const std::vector<int64_t> lengths = {3, 5, 3, 9};
  EXPECT_EQ(batches_by_length(lengths, {}), (Indices{{3, 1, 0, 2}}));
}

TEST(BatchesByLength, RespectBothLimits) {
  const std::vector<int64_t> lengths = {3, 5, 3, 9, 1};
  EXPECT_EQ(batches_by_length(lengths, {.sentences = 2}), (Indices{{3, 1}, {0, 2}, {4}}));
  EXPECT_EQ(batches_by_length(lengths, {.tokens = 10}), (Indices{{3}, {1, 0}, {2, 4}}));
  EXPECT_EQ(batches_by_length(lengths, {.sentences = 2, .tokens = 15}), (Indices{{3}, {1, 0}, {2, 4}}));
}

TEST(BatchesByLength, KeepBlocksOfLengthsApart) {
  const std::vector<int64_t> lengths = {1, 17, 16, 2, 32, 33};
  EXPECT_EQ(batches_by_length(lengths, {.block = 16}), (Indices{{5}, {4, 1}, {2, 3, 0}}));
  EXPECT_EQ(batches_by_length(lengths, {.sentences = 2, .block = 16}), (Indices{{5}, {4, 1}, {2, 3}, {0}}));
}

TEST(BatchesByLength, ASentenceBeyondTheLimitIsABatchOfItsOwn) {
  const std::vector<int64_t> lengths = {30, 2, 40};
  EXPECT_EQ(batches_by_length(lengths, {.tokens = 10}), (Indices{{2}, {0}, {1}}));
}

TEST(BatchesByLength, OfNothingAreNone) {
  EXPECT_TRUE(batches_by_length({}, {}).empty());
}

TEST(BatchesInRuns, HoldTheFirstSentencesFirst) {
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < 100; ++i) lengths.push_back(1 + i * 37 % 50);
  for (const BatchLimits& limits : {BatchLimits{.sentences = 2}, BatchLimits{.tokens = 60}, BatchLimits{2, 60}}) {
    const Indices batches = batches_in_runs(lengths, limits);
    std::vector<int64_t> all;
    for (size_t b = 0; b < batches.size(); ++b) {
      const int64_t first = *std::min_element(batches[b].begin(), batches[b].end());
      EXPECT_LT(first, 16 + static_cast<int64_t>(b) * 4) << "as the batches go on, so do their sentences";
      all.insert(all.end(), batches[b].begin(), batches[b].end());
      for (size_t i = 1; i < batches[b].size(); ++i) EXPECT_GE(lengths[batches[b][i - 1]], lengths[batches[b][i]]);
    }
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), lengths.size());
    for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(all[i], i);
  }
  EXPECT_EQ(batches_in_runs(std::span(lengths).first(16), {.sentences = 2}),
            batches_by_length(std::span(lengths).first(16), {.sentences = 2}));
  EXPECT_TRUE(batches_in_runs({}, {}).empty());
}

TEST(BatchesInRuns, TakeLimitsOfAnySize) {
  const std::vector<int64_t> lengths(100, 3);
  constexpr int64_t kLarge = (int64_t{1} << 61) + 1;  // 8 times as much is 8 more than 64 bits hold
  const Indices one = batches_by_length(lengths, {});
  EXPECT_EQ(batches_in_runs(lengths, {.sentences = kLarge}), one);
  EXPECT_EQ(batches_in_runs(lengths, {.tokens = kLarge}), one);
}

}  // namespace
}  // namespace rotor
