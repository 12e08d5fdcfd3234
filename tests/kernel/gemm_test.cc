#include "kernel/gemm.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/plain_product.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

class Gemm : public testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(Gemm, MatchesThePlainLoops) {
  const auto [transpose_a, transpose_b] = GetParam();
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1},
                                {5, 7, 3},
                                {17, 33, 65},
                                {64, 1, 40},
                                {1, 100, 128},
                                {12, 20, 1100},
                                {1600, 70, 30},
                                {100, 300, 513}}) {
    const Tensor a = random_tensor({m, k}, 1), b = random_tensor({k, n}, 2), old = random_tensor({m, n}, 3);
    const Tensor left = transpose_a ? a.transpose(0, 1).clone() : a,
                 right = transpose_b ? b.transpose(0, 1).clone() : b;
    Tensor c = Tensor::full({m, n}, NAN), added = old.clone();
    gemm(transpose_a, transpose_b, m, n, k, left.data(), left.size(1), right.data(), right.size(1), 0, c.data(), n);
    gemm(transpose_a, transpose_b, m, n, k, left.data(), left.size(1), right.data(), right.size(1), 1, added.data(), n);
    const Tensor expected = product(a, b);
    golden::expect_near(c, expected, 1e-5, "beta 0 ignores what was there");
    expected.add(old);
    golden::expect_near(added, expected, 1e-5, "beta 1 adds");
  }
}

TEST_P(Gemm, FinishesWithABiasAndMayClampAtZero) {
  const auto [transpose_a, transpose_b] = GetParam();
  for (const auto& [m, n, k] :
       {std::tuple{5, 7, 3}, {200, 33, 65}, {64, 400, 40}}) {  // whole, blocks of rows, of columns
    const Tensor a = random_tensor({m, k}, 1), b = random_tensor({k, n}, 2), bias = random_tensor({n}, 3);
    const Tensor left = transpose_a ? a.transpose(0, 1).clone() : a,
                 right = transpose_b ? b.transpose(0, 1).clone() : b;
    for (bool relu : {false, true}) {
      Tensor c({m, n});
      gemm(transpose_a, transpose_b, m, n, k, left.data(), left.size(1), right.data(), right.size(1), 0, c.data(), n,
           {bias.data(), relu});
      const Tensor expected = product(a, b);
      for (int64_t i = 0; i < m * n; ++i) {
        const float sum = expected.data()[i] + bias.data()[i % n];
        expected.data()[i] = relu ? std::max(sum, 0.f) : sum;
      }
      golden::expect_near(c, expected, 1e-5, "finished");
    }
  }
}

TEST(GemmWithBias, NanStaysNanSoThatALossShowsIt) {
  const Tensor a = Tensor::of({1, 1}, {NAN}), b = Tensor::of({1, 1}, {1}), bias = Tensor::zeros({1}), c({1, 1});
  gemm(false, false, 1, 1, 1, a.data(), 1, b.data(), 1, 0, c.data(), 1, {bias.data(), true});
  EXPECT_TRUE(std::isnan(c.item()));
}

/// The bits of a product do not depend on the threads, also where they would share a long sum.
TEST_P(Gemm, GivesTheSameBitsForAnyThreads) {
  const auto [transpose_a, transpose_b] = GetParam();
  for (const auto& [m, n, k] :
       {std::tuple{128, 128, 4096}, {500, 64, 750}, {64, 128, 700}, {33, 5, 3000}, {1, 640, 500}, {300, 512, 2048}}) {
    const Tensor a = random_tensor({m, k}, 4), b = random_tensor({k, n}, 5);
    expect_the_same_for_any_threads([&, m = m, n = n, k = k, ta = transpose_a, tb = transpose_b] {
      Tensor c({m, n});
      gemm(ta, tb, m, n, k, a.data(), ta ? m : k, b.data(), tb ? k : n, 0, c.data(), n);
      return std::vector{c};
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Transposed, Gemm, testing::Combine(testing::Bool(), testing::Bool()));

TEST(GemmOfALargeVocabulary, GivesTheSameBitsForAnyThreads) {
  constexpr int64_t kWords = 10000, kWidth = 128, kTokens = 4096;
  const Tensor a = random_tensor({kTokens, 100}, 6), b = random_tensor({kTokens, kWidth}, 7);
  Tensor wide({kTokens, kWords});
  for (int64_t i = 0; i < 100; ++i) wide.narrow(1, i * 100, 100).copy_from(a);
  expect_the_same_for_any_threads([&] {
    Tensor c({kWords, kWidth});
    gemm(true, false, kWords, kWidth, kTokens, wide.data(), kWords, b.data(), kWidth, 0, c.data(), kWidth);
    return std::vector{c};
  });
}

}  // namespace
}  // namespace rotor
