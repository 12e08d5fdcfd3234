#include "search/batches.h"

#include <gtest/gtest.h>

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

TEST(BatchesByLength, ASentenceBeyondTheLimitIsABatchOfItsOwn) {
  const std::vector<int64_t> lengths = {30, 2, 40};
  EXPECT_EQ(batches_by_length(lengths, {.tokens = 10}), (Indices{{2}, {0}, {1}}));
}

TEST(BatchesByLength, OfNothingAreNone) {
  EXPECT_TRUE(batches_by_length({}, {}).empty());
}

}  // namespace
}  // namespace rotor
