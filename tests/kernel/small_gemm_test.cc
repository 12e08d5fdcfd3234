#include "kernel/small_gemm.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/plain_product.h"
#include "kernel/rows.h"
#include "kernel/step_attention.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(SmallGemm, MatchesThePlainLoopsForAllRemaindersOfItsTiles) {
  for (int64_t m : {1, 2, 3, 4, 5, 6, 7, 11, 13}) {
    for (int64_t n : {1, 6, 8, 15, 16, 17, 31, 32, 33, 50}) {
      for (int64_t k : {1, 7, 32}) {
        const Tensor a = random_tensor({m, k}, 1), b = random_tensor({k, n}, 2);
        for (const bool overlap : {false, true}) {
          Tensor c = Tensor::full({m, n}, NAN);
          small_gemm(m, n, k, {a.data(), k, 1}, b.data(), n, c.data(), n, false, overlap);
          golden::expect_near(c, product(a, b), 1e-6, fmt::format("{} {} {}", m, n, k));
        }
      }
    }
  }
}

/// By a kernel, whose tiles are those of the level in use.
TEST(SmallGemm, MatchesThePlainLoopsInAttention) {
  for (int64_t queries : {1, 2, 3, 4, 5, 6, 7, 11, 13}) {
    for (int64_t width : {1, 6, 8, 15, 16, 17, 31, 32, 33, 50}) {
      for (int32_t length : {1, 7, 32, 40}) {
        const Tensor q = random_tensor({1, 1, queries, width}, 1, 0.2), k = random_tensor({1, 1, length, width}, 2),
                     v = random_tensor({1, 1, length, width}, 3);
        const Tensor weights = masked_softmax(product(q, k.transpose(2, 3)), {});
        golden::expect_near(memory_attention(q, transposed_keys(k), v, std::vector{0}, std::vector{length}),
                            product(weights, v), 1e-5, fmt::format("{} {} {}", queries, width, length));
      }
    }
  }
}

TEST(SmallGemm, AddsAndTakesTransposedAndStridedMatrices) {
  const Tensor stored = random_tensor({9, 14}, 3), a = stored.transpose(0, 1);  // [14, 9]
  const Tensor wide = random_tensor({9, 40}, 4), b = wide.narrow(1, 3, 21);
  const SmallMatrix left = SmallMatrix{stored.data(), 14, 1}.transposed();
  Tensor expected = product(a, b);
  expected.add(Tensor::full({14, 21}, 1));
  for (const bool overlap : {false, true}) {
    const Tensor room = Tensor::full({14, 30}, 1), c = room.narrow(1, 5, 21);
    small_gemm(14, 21, 9, left, b.data(), 40, c.data(), 30, true, overlap);
    golden::expect_near(c, expected, 1e-6, "sum");
    for (int64_t i = 0; i < 14; ++i) {
      EXPECT_EQ(room.data()[i * 30 + 4], 1);
      EXPECT_EQ(room.data()[i * 30 + 26], 1);
    }
  }
}

}  // namespace
}  // namespace rotor
