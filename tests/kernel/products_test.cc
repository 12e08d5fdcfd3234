#include "kernel/products.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/plain_product.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Matmul, MatchesThePlainLoopsForRanksTwoToFour) {
  golden::expect_near(matmul(random_tensor({5, 7}, 1), random_tensor({7, 3}, 2)),
                      product(random_tensor({5, 7}, 1), random_tensor({7, 3}, 2)), 1e-5, "rank 2");
  golden::expect_near(matmul(random_tensor({4, 5, 7}, 1), random_tensor({4, 7, 3}, 2)),
                      product(random_tensor({4, 5, 7}, 1), random_tensor({4, 7, 3}, 2)), 1e-5, "rank 3");
  golden::expect_near(matmul(random_tensor({2, 3, 5, 7}, 1), random_tensor({2, 3, 7, 4}, 2)),
                      product(random_tensor({2, 3, 5, 7}, 1), random_tensor({2, 3, 7, 4}, 2)), 1e-5, "rank 4");
}

TEST(Matmul, TakesTransposedAndInterleavedMatrices) {
  const Tensor q = random_tensor({2, 5, 3, 8}, 1).transpose(1, 2), k = random_tensor({2, 7, 3, 8}, 2).transpose(1, 2);
  golden::expect_near(matmul(q, k.transpose(2, 3)), product(q, k.transpose(2, 3)), 1e-5, "q kᵀ of heads within tokens");
  const Tensor narrow = random_tensor({2, 9, 3, 8}, 3).narrow(1, 0, 7).transpose(1, 2),
               w = random_tensor({2, 3, 5, 7}, 4);
  golden::expect_near(matmul(w, narrow), product(w, narrow), 1e-5, "a part of a larger room");
}

/// Enough multiplications for threads to share: by parts of the longest leading axis, or by blocks of each matrix.
TEST(Matmul, MatchesThePlainLoopsWhereThreadsShareIt) {
  const std::vector<std::pair<Shape, Shape>> sizes = {{{300, 70}, {70, 400}},
                                                      {{40, 3000}, {3000, 30}},
                                                      {{1, 1, 200, 64}, {1, 1, 64, 200}},
                                                      {{16, 3, 60, 50}, {16, 3, 50, 70}},
                                                      {{3, 2, 130, 33}, {3, 2, 33, 70}},
                                                      {{2, 35, 20, 30}, {2, 35, 30, 40}}};
  for (const auto& [left, right] : sizes) {
    const Tensor a = random_tensor(left, 1), b = random_tensor(right, 2), expected = product(a, b);
    const int last = a.rank() - 1;
    for (const Tensor& x : {a, laid_out_as_transposed(a, last - 1, last)}) {
      for (const Tensor& y : {b, laid_out_as_transposed(b, last - 1, last)}) {
        for (const int count : {1, 3}) {
          const Threads several(count);
          golden::expect_near(matmul(x, y), expected, 1e-5, left.str() + " by " + right.str());
        }
      }
    }
  }
}

TEST(Matmul, RefusesMatricesThatDoNotFit) {
  EXPECT_THROW(matmul(Tensor::zeros({2, 3}), Tensor::zeros({4, 2})), Error);
  EXPECT_THROW(matmul(Tensor::zeros({2, 3}), Tensor::zeros({2, 3, 2})), Error);
}

TEST(Matmul, KeepsWorkingOverMoreShapesThanItKeepsPrimitives) {
  for (int64_t i = 0; i < 270; ++i) {
    const int64_t n = i % 260 + 1;
    EXPECT_EQ(matmul(Tensor::full({1, 2}, 1), Tensor::full({2, n}, 1)).data()[n - 1], 2) << n;
  }
}

TEST(Matmul, GivesTheSameBitsForAnyThreads) {
  const Tensor a = random_tensor({16, 3, 60, 50}, 1), b = random_tensor({16, 3, 50, 70}, 2);
  const Tensor c = random_tensor({40, 3000}, 3), d = random_tensor({3000, 500}, 4);
  expect_the_same_for_any_threads([&] { return std::vector{matmul(a, b)}; });  // by parts of an axis
  expect_the_same_for_any_threads([&] { return std::vector{matmul(c, d)}; });  // by blocks of the matrix
}

}  // namespace
}  // namespace rotor
