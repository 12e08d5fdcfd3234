#include "kernel/heads.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(RepeatHeads, RepeatsEachInTurnAndSumsTheirGradients) {
  for (const int64_t n : {1, 3}) {
    const Tensor x = laid_out_as_transposed(random_tensor({2, 4, 5, 7}, 1), 1, 3),
                 g = random_tensor({2, 4 * n, 5, 7}, 2);
    const Tensor y = repeat_heads(x, n), sums = Tensor::zeros(x.shape());
    EXPECT_TRUE(y.is_contiguous());
    ASSERT_EQ(y.shape(), g.shape());
    for (int64_t i = 0; i < y.elements(); ++i) {
      const int64_t c = i % 7, t = i / 7 % 5, h = i / 35 % (4 * n), b = i / 35 / (4 * n);
      EXPECT_EQ(y.data()[i], element(x, b, h / n, t, c)) << i;
      sums.data()[((b * 4 + h / n) * 5 + t) * 7 + c] += g.data()[i];
    }
    golden::expect_near(sum_repeated_heads(g, n), sums, 1e-6, "sums");
    golden::expect_near(sum_repeated_heads(laid_out_as_transposed(g, 2, 3), n), sums, 1e-6, "sums of transposed heads");
    EXPECT_TRUE(sum_repeated_heads(g, n).transpose(1, 2).is_contiguous());
  }
}

TEST(RepeatHeads, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({3, 4, 50, 33}, 1), g = random_tensor({3, 8, 50, 33}, 2);
  expect_the_same_for_any_threads([&] { return std::vector{repeat_heads(x, 2), sum_repeated_heads(g, 2)}; });
}

TEST(CountSharing, IsAWholeNumberOfQueryHeads) {
  EXPECT_EQ(count_sharing(6, 2), 3);
  EXPECT_EQ(count_sharing(6, 6), 1);
  for (int64_t heads : {0, 4, 12}) EXPECT_THROW(count_sharing(6, heads), Error) << heads;
  EXPECT_THROW(sum_repeated_heads(random_tensor({1, 4, 2, 2}, 1), 3), Error);
}

TEST(Heads, OfPackedTokensAreThoseOfThePaddedOnes) {
  const Packing packing(4, {3, 0, 4});
  const Tensor tokens = random_tensor({3, 4, 10}, 1);
  const Heads packed(pack_tokens(tokens, packing), packing, 2), padded(tokens.reshape({3, 4, 2, 5}).transpose(1, 2));
  const std::vector<int64_t> sizes = {3, 0, 4};
  for (const Heads& heads : {packed, padded, packed.fresh(), padded.fresh()}) {
    EXPECT_EQ((std::vector{heads.batch(), heads.heads(), heads.length(), heads.width()}),
              (std::vector<int64_t>{3, 2, 4, 5}));
  }
  for (int64_t b = 0; b < 3; ++b) {
    EXPECT_EQ(packed.size(b), sizes[b]);
    EXPECT_EQ(padded.size(b), 4);
    for (int64_t h = 0; h < 2; ++h) {
      for (int64_t t = 0; t < sizes[b]; ++t) {
        EXPECT_TRUE(std::equal(packed(b, h).row(t), packed(b, h).row(t) + 5, padded(b, h).row(t)));
        EXPECT_EQ(padded(b, h).row(t)[2], element(tokens, b, t, h * 5 + 2));
      }
    }
  }
  EXPECT_EQ(packed.fresh().tensor().shape(), (Shape{7, 10}));
  EXPECT_EQ(padded.fresh().tensor().strides(), padded.tensor().strides());
}

TEST(Heads, RefuseTensorsOfAnotherForm) {
  const Packing packing(4, {3, 4});
  EXPECT_THROW(Heads(random_tensor({2, 3, 4}, 1)), Error);
  EXPECT_THROW(Heads(random_tensor({2, 3, 4, 5}, 1).transpose(2, 3)), Error);
  EXPECT_THROW(Heads(random_tensor({6, 10}, 1), packing, 2), Error) << "tokens missing";
  EXPECT_THROW(Heads(random_tensor({7, 10}, 1), packing, 3), Error);
  EXPECT_THROW(Heads(random_tensor({7, 10}, 1), packing, 0), Error);
}

}  // namespace
}  // namespace rotor
