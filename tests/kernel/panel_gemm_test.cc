#include "kernel/panel_gemm.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/plain_product.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

class PanelGemm : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  /// The matrix as it lies in memory.
  static Tensor lay(const Tensor& x, bool transposed) { return transposed ? x.transpose(0, 1).clone() : x; }
  static Factor factor(const Tensor& laid, bool transposed) { return {laid.data(), laid.size(1), transposed}; }
};

TEST_P(PanelGemm, MatchesThePlainLoops) {
  const auto [transpose_a, transpose_b] = GetParam();
  // One tile, edges of tiles and panels, sums in several parts and rounds (of one task; too large to be packed ahead),
  // rows in several parts.
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1},
                                {6, 64, 9},
                                {17, 33, 65},
                                {64, 1, 40},
                                {101, 200, 600},
                                {12, 20, 1100},
                                {1600, 140, 30},
                                {3, 9, 30000},
                                {70, 600, 1300},
                                {2, 33000, 600}}) {
    const Tensor a = random_tensor({m, k}, 1), b = random_tensor({k, n}, 2), old = random_tensor({m, n}, 3);
    const Tensor bias = random_tensor({n}, 4), left = lay(a, transpose_a), right = lay(b, transpose_b);
    const Tensor c = Tensor::full({m, n}, NAN), added = old.clone(), expected = product(a, b);
    panel_gemm(m, n, k, factor(left, transpose_a), factor(right, transpose_b), 0, c.data(), n, {});
    golden::expect_near(c, expected, 1e-5, "beta 0 ignores what was there");
    panel_gemm(m, n, k, factor(left, transpose_a), factor(right, transpose_b), 1, added.data(), n, {bias.data(), true});
    for (int64_t i = 0; i < m * n; ++i) {
      expected.data()[i] = std::max(expected.data()[i] + old.data()[i] + bias.data()[i % n], 0.f);
    }
    golden::expect_near(added, expected, 1e-5, "beta 1 adds, then the epilogue");
  }
}

TEST_P(PanelGemm, GivesTheSameBitsForAnyThreads) {
  const auto [transpose_a, transpose_b] = GetParam();
  const Tensor a = lay(random_tensor({300, 700}, 1), transpose_a), b = lay(random_tensor({700, 150}, 2), transpose_b);
  expect_the_same_for_any_threads([&] {
    const Tensor c({300, 150});
    panel_gemm(300, 150, 700, factor(a, transpose_a), factor(b, transpose_b), 0, c.data(), 150, {});
    return std::vector{c};
  });
}

TEST_P(PanelGemm, LeavesWhatLiesBesideTheResult) {
  const auto [transpose_a, transpose_b] = GetParam();
  const Tensor a = lay(random_tensor({7, 5}, 1), transpose_a), b = lay(random_tensor({5, 19}, 2), transpose_b);
  const Tensor wide = Tensor::full({7, 24}, 3);
  panel_gemm(7, 19, 5, factor(a, transpose_a), factor(b, transpose_b), 0, wide.data(), 24, {});
  golden::expect_near(wide.narrow(1, 19, 5).contiguous(), Tensor::full({7, 5}, 3), 0, "columns beside");
}

INSTANTIATE_TEST_SUITE_P(Transposed, PanelGemm, testing::Combine(testing::Bool(), testing::Bool()));

}  // namespace
}  // namespace rotor
