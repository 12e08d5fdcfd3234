#include "kernel/packed_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernel/bfloat16.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// x Wᵀ + bias in double.
std::vector<double> exact(const Tensor& x, const Tensor& w, const Tensor& bias) {
  std::vector<double> y;
  for (int64_t r = 0; r < x.size(0); ++r) {
    for (int64_t n = 0; n < w.size(0); ++n) {
      double sum = bias.defined() ? bias.data()[n] : 0;
      for (int64_t k = 0; k < w.size(1); ++k) sum += double(x.data()[r * w.size(1) + k]) * w.data()[n * w.size(1) + k];
      y.push_back(sum);
    }
  }
  return y;
}

TEST(PackedWeights, MultiplyAsMatricesOfAnySizeDo) {
  for (int64_t rows : {1, 2, 3, 4, 5, 6, 7, 50, 97}) {
    for (const auto& [out, in] : {std::pair<int64_t, int64_t>{1, 1}, {64, 16}, {65, 33}, {130, 128}, {31, 7}}) {
      const Tensor x = random_tensor({rows, in}, 1), w = random_tensor({out, in}, 2), bias = random_tensor({out}, 3);
      for (const Tensor& b : {bias, Tensor()}) {
        const Tensor y = pack_weights(w)->product(x, b);
        ASSERT_EQ(y.shape(), Shape({rows, out}));
        const auto expected = exact(x, w, b);
        for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(y.data()[i], expected[i], 1e-4);
      }
    }
  }
}

TEST(PackedWeights, ARowDoesNotDependOnThoseBesideItNorOnThreads) {
  const Tensor x = random_tensor({100, 300}, 1), w = random_tensor({200, 300}, 2);
  const auto packed = pack_weights(w);
  const Tensor all = packed->product(x, Tensor());
  for (int64_t r : {0, 5, 47, 48, 99}) {
    expect_same_bits(packed->product(x.narrow(0, r, 1), Tensor()), all.narrow(0, r, 1), "a row alone");
  }
  expect_the_same_for_any_threads([&] { return std::vector{packed->product(x, Tensor())}; });
}

TEST(PackedWeights, ReluCutsAtZeroAndKeepsNan) {
  const Tensor x = random_tensor({7, 20}, 1), w = random_tensor({70, 20}, 2), bias = random_tensor({70}, 3);
  const auto packed = pack_weights(w);
  const Tensor y = packed->product(x, bias), cut = packed->product(x, bias, true);
  for (int64_t i = 0; i < y.elements(); ++i) EXPECT_EQ(cut.data()[i], std::max(y.data()[i], 0.f));
  x.data()[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(packed->product(x, bias, true).data()[0]));
}

TEST(PackedWeights, InBfloat16AreTheRoundedNumbers) {
  for (int64_t rows : {1, 4, 7, 50}) {
    for (const auto& [out, in] : {std::pair<int64_t, int64_t>{1, 1}, {64, 16}, {65, 33}, {130, 128}, {31, 7}}) {
      const Tensor x = random_tensor({rows, in}, 1), w = random_tensor({out, in}, 2), bias = random_tensor({out}, 3);
      const Tensor rounded = w.clone();
      for (float& value : rounded.span()) value = from_bfloat16(to_bfloat16(value));
      expect_same_bits(pack_bfloat16(w)->product(x, bias), pack_weights(rounded)->product(x, bias), "product");
    }
  }
}

TEST(PackedWeights, RefuseInputsOfAnotherWidth) {
  EXPECT_THROW(pack_weights(Tensor::zeros({4, 8}))->product(Tensor::zeros({2, 4}), Tensor()), Error);
}

}  // namespace
}  // namespace rotor
