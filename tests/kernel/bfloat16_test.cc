#include "kernel/bfloat16.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "kernel/gemm.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// Products in bfloat16 while one lives.
class Bfloat16 : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  void SetUp() override { set_product_precision(Precision::kBfloat16); }
  void TearDown() override { set_product_precision(Precision::kFloat32); }
};

/// The nearest number with 8 bits of mantissa, by arithmetic instead of bits.
double nearest(double value) {
  int exponent;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(mantissa * 256) / 256, exponent);
}

TEST(Bfloat16Numbers, AreTheNearestOnesTiesToEven) {
  const Tensor x = random_tensor({1000}, 1);
  for (float value : x.span()) EXPECT_EQ(from_bfloat16(to_bfloat16(value)), nearest(value));
  EXPECT_EQ(from_bfloat16(to_bfloat16(1 + 1.f / 256)), 1);
  EXPECT_EQ(from_bfloat16(to_bfloat16(1 + 3.f / 256)), 1 + 1.f / 64);
  EXPECT_EQ(from_bfloat16(to_bfloat16(INFINITY)), INFINITY);
  EXPECT_TRUE(std::isnan(from_bfloat16(to_bfloat16(std::bit_cast<float>(0x7fffffffu)))));
  EXPECT_TRUE(std::isnan(from_bfloat16(to_bfloat16(std::bit_cast<float>(0x7f800001u)))));
}

TEST_P(Bfloat16, MultipliesRoundedFactorsAndAddsUpInFloat32) {
  const auto [transpose_a, transpose_b] = GetParam();
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1},
                                {5, 7, 3},
                                {17, 33, 65},
                                {64, 1, 40},
                                {100, 96, 300},
                                {300, 40, 70},
                                {40, 2100, 33},
                                {33, 50, 1100}}) {
    const Tensor a = random_tensor(transpose_a ? Shape{k, m} : Shape{m, k}, 1);
    const Tensor b = random_tensor(transpose_b ? Shape{n, k} : Shape{k, n}, 2), old = random_tensor({m, n}, 3);
    Tensor c = Tensor::full({m, n}, 1e30f), added = old.clone();
    gemm(transpose_a, transpose_b, m, n, k, a.data(), a.size(1), b.data(), b.size(1), 0, c.data(), n);
    gemm(transpose_a, transpose_b, m, n, k, a.data(), a.size(1), b.data(), b.size(1), 1, added.data(), n);
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t p = 0; p < k; ++p) {
          sum += nearest(a.data()[transpose_a ? p * m + i : i * k + p]) *
                 nearest(b.data()[transpose_b ? j * k + p : p * n + j]);
        }
        const double tolerance = 1e-5 * std::sqrt(k);
        EXPECT_NEAR(c.data()[i * n + j], sum, tolerance) << m << " " << n << " " << k;
        EXPECT_NEAR(added.data()[i * n + j], sum + old.data()[i * n + j], tolerance);
      }
    }
  }
}

TEST_P(Bfloat16, GivesTheSameBitsForAnyThreads) {
  const bool transpose_a = std::get<0>(GetParam()), transpose_b = std::get<1>(GetParam());
  const Tensor a = random_tensor({700, 700}, 1), b = random_tensor({700, 700}, 2);
  expect_the_same_for_any_threads([&] {
    const Tensor c({700, 700});
    gemm(transpose_a, transpose_b, 700, 700, 700, a.data(), 700, b.data(), 700, 0, c.data(), 700);
    return std::vector{c};
  });
}

TEST_P(Bfloat16, AddsTheBiasAndCutsAtZeroOnce) {
  const auto [transpose_a, transpose_b] = GetParam();
  const Tensor a = random_tensor({1500, 1500}, 1), b = random_tensor({1500, 1500}, 2),
               bias = random_tensor({45}, 3, 30);
  Tensor plain({70, 45}), finished({70, 45});
  auto product = [&](const Tensor& c, const Finish& finish) {
    gemm(transpose_a, transpose_b, 70, 45, 1500, a.data(), 1500, b.data(), 1500, 0, c.data(), 45, finish);
  };
  product(plain, {});
  product(finished, {bias.data(), true});
  for (int64_t i = 0; i < plain.elements(); ++i) {
    ASSERT_EQ(finished.data()[i], std::max(plain.data()[i] + bias.data()[i % 45], 0.f)) << i;
  }
}

TEST_P(Bfloat16, KeepsNanInfinityAndZero) {
  const auto [transpose_a, transpose_b] = GetParam();
  const float one = 1;
  for (float value : {NAN, -NAN, INFINITY, -INFINITY, 0.f, std::bit_cast<float>(0x7fffffffu)}) {
    float c = 5;
    gemm(transpose_a, transpose_b, 1, 1, 1, &value, 1, &one, 1, 0, &c, 1);
    EXPECT_TRUE(std::isnan(value) ? std::isnan(c) : c == value) << value << " " << c;
  }
}

INSTANTIATE_TEST_SUITE_P(Transposed, Bfloat16, testing::Combine(testing::Bool(), testing::Bool()));

TEST(ProductPrecision, IsFloat32UntilSet) {
  EXPECT_EQ(product_precision(), Precision::kFloat32);
}

}  // namespace
}  // namespace rotor
