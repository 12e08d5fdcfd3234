#include "kernel/packing.h"

#include <gtest/gtest.h>

#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Packing, KnowsWhereTheSentencesLie) {
  const Packing packing(4, {3, 0, 4, 1});
  EXPECT_TRUE(packing.active());
  EXPECT_EQ((std::vector{packing.rows(), packing.length(), packing.tokens()}), (std::vector<int64_t>{4, 4, 8}));
  EXPECT_EQ((std::vector{packing.begin(0), packing.begin(1), packing.begin(2), packing.begin(3)}),
            (std::vector<int64_t>{0, 3, 3, 7}));
  EXPECT_EQ(packing.size(2), 4);
  EXPECT_FALSE(Packing(4, {4, 4}).active()) << "nothing is padding";
  EXPECT_FALSE(Packing().active());
  EXPECT_EQ(Packing().tokens(), 0);
}

TEST(Packing, PutsTheTokensEndToEndAndBackWithZerosInThePadding) {
  for (const int64_t width : {1, 19}) {
    const Packing packing(4, {3, 0, 4, 1});
    const Tensor dense = random_tensor({4, 4, width}, 1);
    for (const Tensor& x : {dense, laid_out_as_transposed(dense, 0, 2)}) {
      const Tensor packed = pack_tokens(x, packing), back = unpack_tokens(packed, packing);
      ASSERT_EQ(packed.shape(), (Shape{8, width}));
      ASSERT_EQ(back.shape(), x.shape());
      for (int64_t i = 0; i < back.elements(); ++i) {
        const int64_t c = i % width, t = i / width % 4, row = i / width / 4;
        const bool real = t < packing.size(row);
        EXPECT_EQ(element(back, row, t, c), real ? element(x, row, t, c) : 0);
        if (!real) continue;
        EXPECT_EQ(element(packed, packing.begin(row) + t, c), element(x, row, t, c));
      }
      expect_same_bits(unpack_tokens(laid_out_as_transposed(packed, 0, 1), packing), back, "columns");
    }
  }
  const Packing empty(3, {0, 0});
  EXPECT_EQ(pack_tokens(random_tensor({2, 3, 5}, 1), empty).shape(), (Shape{0, 5}));
  expect_same_bits(unpack_tokens(Tensor({0, 5}), empty), Tensor::zeros({2, 3, 5}), "no token");
}

TEST(Packing, AveragesTheTokensOfEachSentence) {
  for (const int64_t width : {1, 19}) {
    const Packing packing(4, {3, 1, 4});
    const Tensor x = random_tensor({8, width}, 1), g = random_tensor({3, width}, 2);
    const Tensor means = row_means(laid_out_as_transposed(x, 0, 1), packing);
    const Tensor d_x = row_means_backward(laid_out_as_transposed(g, 0, 1), packing);
    ASSERT_EQ(means.shape(), g.shape());
    ASSERT_EQ(d_x.shape(), x.shape());
    for (int64_t row = 0; row < 3; ++row) {
      const int64_t begin = packing.begin(row), size = packing.size(row);
      for (int64_t c = 0; c < width; ++c) {
        double sum = 0;
        for (int64_t t = begin; t < begin + size; ++t) {
          sum += element(x, t, c);
          EXPECT_NEAR(element(d_x, t, c), element(g, row, c) / static_cast<double>(size), 1e-6);
        }
        EXPECT_NEAR(element(means, row, c), sum / static_cast<double>(size), 1e-6) << row << " " << c;
      }
    }
  }
}

TEST(Packing, RefusesTensorsOfOtherSizes) {
  const Packing packing(4, {3, 1});
  EXPECT_THROW(pack_tokens(random_tensor({2, 5, 3}, 1), packing), Error);
  EXPECT_THROW(pack_tokens(random_tensor({3, 4, 3}, 1), packing), Error);
  EXPECT_THROW(unpack_tokens(random_tensor({5, 3}, 1), packing), Error);
  EXPECT_THROW(row_means(random_tensor({5, 3}, 1), packing), Error);
}

TEST(Packing, IsTheSameForAnyThreads) {
  const Packing packing(20, {20, 3, 17, 0, 11, 20, 5, 9});
  const Tensor x = random_tensor({8, 20, 333}, 1);
  expect_the_same_for_any_threads([&] {
    const Tensor packed = pack_tokens(x, packing);
    return std::vector{packed, unpack_tokens(packed, packing)};
  });
  const Packing sentences(20, {20, 3, 17, 1, 11, 20, 5, 9});
  const Tensor tokens = random_tensor({86, 333}, 2);
  expect_the_same_for_any_threads([&] {
    const Tensor means = row_means(tokens, sentences);
    return std::vector{means, row_means_backward(means, sentences)};
  });
}

}  // namespace
}  // namespace rotor
