#include "text/token_batch.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(TokenBatch, PadsOnTheRightToTheLongest) {
  const TokenBatch batch = TokenBatch::of({{5, 6, 2}, {7, 2}}, 9);
  EXPECT_EQ(batch.rows, 2);
  EXPECT_EQ(batch.length, 3);
  EXPECT_EQ(batch.ids, (std::vector<int32_t>{5, 6, 2, 7, 2, 9}));
  EXPECT_EQ(batch.lengths, (std::vector<int32_t>{3, 2}));
  EXPECT_EQ(std::vector<int32_t>(batch.row(1).begin(), batch.row(1).end()), (std::vector<int32_t>{7, 2}));
  EXPECT_EQ(batch.packed(), (std::vector<int32_t>{5, 6, 2, 7, 2}));
}

TEST(TokenBatch, MayBeEmpty) {
  EXPECT_EQ(TokenBatch::of({}, 1).rows, 0);
}

}  // namespace
}  // namespace rotor
