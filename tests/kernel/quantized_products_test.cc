#include "kernel/quantized_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/quantized_rows.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Quantize, RoundsEachRowByItsLargestNumber) {
  const QuantizedMatrix q = quantize(Tensor::of({2, 3}, {1, -2, 0.5, 0, 0, 0}));
  EXPECT_EQ(q.values, (std::vector<int8_t>{64, -127, 32, 0, 0, 0}));
  EXPECT_FLOAT_EQ(q.scales[0], 2.f / 127);
  EXPECT_EQ(q.scales[1], 0);
  const Tensor back = q.floats();
  EXPECT_FLOAT_EQ(back.data()[1], -2);
  EXPECT_EQ(quantize(back).values, q.values);
  EXPECT_THROW(quantize(Tensor::full({1, 1}, kNan)), Error);
}

/// The sum of products of the rounded numbers, in integers and one rounding, as every CPU must find it to the bit.
float exact(const Tensor& x, int64_t r, const QuantizedMatrix& w, int64_t n, float bias) {
  const float* row = x.data() + r * w.width;
  const float smallest = std::min(0.f, *std::min_element(row, row + w.width));
  const float range = std::max(0.f, *std::max_element(row, row + w.width)) - smallest;
  const float factor = range > 0 ? 127 / range : 0;
  const auto zero = static_cast<int32_t>(std::lrint(-smallest * factor));
  int32_t sum = 0;
  for (int64_t k = 0; k < w.width; ++k) {
    const auto value =
        std::clamp(static_cast<int32_t>(std::lrint(static_cast<double>(row[k]) * factor)) + zero, 0, 127) - zero;
    sum += value * w.values[n * w.width + k];
  }
  return std::fma(static_cast<float>(sum), range / 127 * w.scales[n], bias);
}

TEST(QuantizedProduct, IsThatOfTheRoundedNumbersAtAnySize) {
  for (int64_t rows : {1, 2, 3, 4, 5, 6, 7, 9, 15, 16, 17, 24, 25, 31, 32, 33, 47, 100}) {
    for (const auto& [out, in] :
         {std::pair<int64_t, int64_t>{1, 1}, {64, 16}, {65, 33}, {130, 128}, {31, 7}, {80, 193}}) {
      const Tensor x = random_tensor({rows, in}, 1), bias = random_tensor({out}, 3);
      const Tensor weight = random_tensor({out, in}, 2);
      const QuantizedMatrix w = quantize(weight);
      const auto packed = pack_weights(weight, WeightType::kInt8);
      const Tensor y = packed->product(x, bias), cut = packed->product(x, Tensor(), true);
      for (int64_t i = 0; i < y.elements(); ++i) {
        const int64_t r = i / out, n = i % out;
        ASSERT_EQ(y.data()[i], exact(x, r, w, n, bias.data()[n])) << rows << " " << out << " " << in;
        ASSERT_EQ(cut.data()[i], std::max(0.f, exact(x, r, w, n, 0)));
      }
    }
  }
}

TEST(QuantizedProduct, IsCloseToThatOfFloats) {
  const Tensor x = random_tensor({50, 512}, 1), w = random_tensor({300, 512}, 2, 0.05);
  const Tensor rounded = pack_weights(w, WeightType::kInt8)->product(x, Tensor());
  const Tensor floats = pack_weights(w, WeightType::kFloat32)->product(x, Tensor());
  double error = 0, size = 0;
  for (int64_t i = 0; i < floats.elements(); ++i) {
    error += std::pow(rounded.data()[i] - floats.data()[i], 2);
    size += std::pow(floats.data()[i], 2);
  }
  EXPECT_GT(error, 0);
  EXPECT_LT(std::sqrt(error / size), 0.02);
}

TEST(QuantizedProduct, DoesNotDependOnTheBatchNorOnThreads) {
  const Tensor x = random_tensor({300, 256}, 1), w = random_tensor({200, 256}, 2);
  const auto packed = pack_weights(w, WeightType::kInt8);
  const Tensor all = packed->product(x, Tensor());
  expect_same_bits(packed->product(x.narrow(0, 97, 3), Tensor()), all.narrow(0, 97, 3), "three rows alone");
  expect_the_same_for_any_threads([&] { return std::vector{packed->product(x, Tensor())}; });
}

/// Sums of 16 bits on the way would not hold these.
TEST(QuantizedProduct, IsExactForTheLargestNumbers) {
  QuantizedMatrix w{2, 1024, std::vector<int8_t>(2048, 127), {1, 1}};
  std::fill_n(w.values.begin(), 1024, int8_t{-127});
  for (int64_t rows : {1, 40}) {
    const Tensor x = Tensor::full({rows, 1024}, 255);
    for (int64_t k = 0; k < x.elements(); k += 3) x.data()[k] = 0;
    const Tensor y = pack_weights(w.floats(), WeightType::kInt8)->product(x, Tensor());
    for (int64_t i = 0; i < y.elements(); ++i) EXPECT_EQ(y.data()[i], exact(x, i / 2, w, i % 2, 0));
  }
}

TEST(StepsOf, AreNoneWhereTheyWouldBeInfinite) {
  EXPECT_EQ(steps_of(2, 127), 63.5f);
  EXPECT_EQ(steps_of(0, 127), 0);
  EXPECT_EQ(steps_of(1e-37f, 127), 0);
}

TEST(QuantizedProduct, RefusesWeightsThatAreNotFinite) {
  const Tensor w = random_tensor({700, 512}, 1);  // which threads share
  w.data()[600 * 512 + 3] = kNan;
  EXPECT_THROW(pack_weights(w, WeightType::kInt8), Error);
}

TEST(QuantizedProduct, KeepsNan) {
  for (int64_t rows : {3, 40}) {
    const Tensor x = random_tensor({rows, 20}, 1);
    x.data()[25] = kNan;
    const Tensor y = pack_weights(random_tensor({9, 20}, 2), WeightType::kInt8)->product(x, Tensor(), true);
    for (int64_t i = 0; i < y.elements(); ++i) EXPECT_EQ(std::isnan(y.data()[i]), i / 9 == 1) << i;
  }
}

}  // namespace
}  // namespace rotor
