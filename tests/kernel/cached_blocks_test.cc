#include "kernel/cached_blocks.h"

#include <gtest/gtest.h>

#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(CachedBlocks, GiveTheAddressesOfEachPosition) {
  const Tensor keys = laid_out_as_transposed(random_tensor({3, 2, 4, 5}, 1), 1, 2),
               values = random_tensor({3, 2, 4, 7}, 2);
  std::vector<CachedPosition> positions(1);
  add_positions(keys, values, positions);
  add_positions(keys.narrow(2, 0, 0), values.narrow(2, 0, 0), positions);
  ASSERT_EQ(positions.size(), 5u) << "the one before, four new ones, and none of an empty block";
  EXPECT_EQ(positions[0].key, nullptr);
  for (int64_t r = 0; r < 3; ++r) {
    for (int64_t h = 0; h < 2; ++h) {
      for (int64_t t = 0; t < 4; ++t) {
        const CachedPosition& p = positions[1 + t];
        EXPECT_EQ(p.key[r * p.key_row + h * p.key_head + 4], element(keys, r, h, t, 4));
        EXPECT_EQ(p.value[r * p.value_row + h * p.value_head + 6], element(values, r, h, t, 6));
      }
    }
  }
}

/// Blocks of 1, 3 and 2 positions, of 3 rows and more; the second as keys come from a projection, the others not.
TEST(CachedBlocks, AreGatheredByTheOriginsOfTheirRows) {
  const Tensor second = laid_out_as_transposed(random_tensor({4, 2, 3, 5}, 2), 1, 2);
  const std::vector<Tensor> blocks = {random_tensor({3, 2, 1, 5}, 1), second, random_tensor({5, 2, 2, 5}, 3)};
  const std::vector<int32_t> origins = {2, 3, 3, 3, 4, 4,  //
                                        0, 0, 0, 0, 0, 0,  //
                                        2, 1, 1, 1, 3, 3,  //
                                        1, 3, 3, 3, 4, 4};
  const std::vector<int64_t> block_of = {0, 1, 1, 1, 2, 2}, position_in = {0, 0, 1, 2, 0, 1};
  const Tensor all = gather_blocks(blocks, origins, 4);
  ASSERT_EQ(all.shape(), (Shape{4, 2, 6, 5}));
  for (int64_t r = 0; r < 4; ++r) {
    for (int64_t h = 0; h < 2; ++h) {
      for (int64_t t = 0; t < 6; ++t) {
        for (int64_t c = 0; c < 5; ++c) {
          EXPECT_EQ(element(all, r, h, t, c), element(blocks[block_of[t]], origins[r * 6 + t], h, position_in[t], c))
              << r << " " << h << " " << t;
        }
      }
    }
  }
  EXPECT_TRUE(gather_blocks(std::span(&second, 1), std::vector<int32_t>(), 0).shape() == (Shape{0, 2, 3, 5}));
}

TEST(CachedBlocks, WithoutPositionsHaveNoOrigins) {
  const std::vector<Tensor> blocks = {random_tensor({3, 2, 2, 5}, 1), random_tensor({3, 2, 1, 5}, 2).narrow(2, 0, 0)};
  const std::vector<int32_t> origins = {1, 1, 2, 2, 1000};  // the last one belongs to no row
  const Tensor all = gather_blocks(blocks, std::span(origins).first(4), 2);
  expect_same_bits(all, blocks[0].narrow(0, 1, 2), "the first block");
}

TEST(CachedBlocks, AreGatheredAlikeByAnyThreads) {
  const std::vector<Tensor> blocks = {laid_out_as_transposed(random_tensor({30, 4, 9, 33}, 1), 1, 2),
                                      random_tensor({30, 4, 8, 33}, 2)};
  std::vector<int32_t> origins;
  std::vector<int64_t> rows;
  for (int32_t r = 0; r < 20; ++r) {
    origins.insert(origins.end(), 9, r * 7 % 30);
    origins.insert(origins.end(), 8, 29 - r);
    rows.push_back(r * 11 % 30);
  }
  expect_the_same_for_any_threads([&] {
    return std::vector{gather_blocks(blocks, origins, 20), gather_rows(blocks[1], rows)};
  });
}

TEST(GatherRows, TakesRowsInAnyOrderAndAnyNumberOfTimes) {
  const Tensor x = random_tensor({4, 3, 5}, 1);
  const std::vector<int64_t> rows = {3, 0, 3, 1, 1};
  const Tensor y = gather_rows(x, rows);
  ASSERT_EQ(y.shape(), (Shape{5, 3, 5}));
  for (int64_t r = 0; r < 5; ++r) expect_same_bits(y.narrow(0, r, 1), x.narrow(0, rows[r], 1), "row");
  EXPECT_EQ(gather_rows(x, {}).shape(), (Shape{0, 3, 5}));
}

TEST(GatherRows, RefusesRowsThatThereAreNotOrThatHaveGaps) {
  const Tensor x = random_tensor({4, 3, 5}, 1);
  for (const int64_t row : {-1, 4}) EXPECT_THROW(gather_rows(x, std::vector{row}), Error) << row;
  EXPECT_THROW(gather_rows(x.transpose(1, 2), std::vector<int64_t>{0}), Error);
  EXPECT_THROW(gather_rows(Tensor::full({}, 1), std::vector<int64_t>{0}), Error) << "a number has no rows";
}

}  // namespace
}  // namespace rotor
