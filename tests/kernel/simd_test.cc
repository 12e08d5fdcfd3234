#include "kernel/simd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "base/isa.h"
#include "kernel/rows.h"
#include "kernel/step_attention.h"
#include "random_tensor.h"

namespace rotor {
namespace {

/// The tests are compiled for one level; those of kernels see the vectors of the level in use.
TEST(Kernels, AreOfTheLevelThatTheEnvironmentNames) {
  const std::string level = isa();
  const char* wanted = std::getenv("ROTOR_ISA");
  EXPECT_EQ(level, wanted == nullptr || level == "native" ? level : wanted);
  const int64_t lanes = transposed_keys(Tensor::zeros({1, 1, 1, 1})).size(3);
  EXPECT_EQ(lanes, level.starts_with("avx512") ? 16
                   : level.starts_with("avx2") ? 8
                   : level.starts_with("neon") ? 4
                                               : lanes);
}

TEST(Kernels, FindTheLargestNumberWhereverItIs) {
  for (int64_t size = 1; size <= 50; ++size) {
    const Tensor x = Tensor::zeros({size, size});  // row r has its largest number at r
    for (int64_t r = 0; r < size; ++r) x.data()[r * size + r] = 300;
    const Tensor y = log_softmax(x);  // e^300 overflows
    for (int64_t i = 0; i < y.elements(); ++i) ASSERT_EQ(y.data()[i], i / size == i % size ? 0 : -300) << size;
  }
}

TEST(Kernels, HaveAnAccurateExponential) {
  const int64_t size = 100003;
  const Tensor x = Tensor::zeros({1, 1, 1, size});
  for (int64_t i = 1; i < size; ++i) x.data()[i] = -87 * static_cast<float>(i) / static_cast<float>(size);
  const Tensor weights = masked_softmax(x, {});
  double worst = 0;
  for (int64_t i = 0; i < size; ++i) {
    const double expected = std::exp(static_cast<double>(x.data()[i])) * weights.data()[0];
    if (expected > 1.2e-38) worst = std::max(worst, std::abs(weights.data()[i] - expected) / expected);
  }
  EXPECT_LE(worst, 4e-7);
}

TEST(Maximum, IsTheLargestNumberOfAnyLengthAndIgnoresNan) {
  for (int64_t size = 1; size <= 3 * kLanes + 1; ++size) {
    for (int64_t at = 0; at < size; ++at) {
      const Tensor x = random_tensor({size}, 1);
      x.data()[at] = 9;
      EXPECT_EQ(maximum(x.data(), size), 9) << size << " " << at;
      x.fill(-5);
      x.data()[at] = NAN;
      EXPECT_EQ(maximum(x.data(), size), size == 1 ? -INFINITY : -5) << size << " " << at;
    }
  }
  EXPECT_EQ(maximum(nullptr, 0), -INFINITY);
}

TEST(Lanes, AreSummedAndFoldedWhole) {
  for (int lane = 0; lane < kLanes; ++lane) {
    Vector v = {};
    v[lane] = 3;
    EXPECT_EQ(sum_lanes(v), 3) << lane;
    EXPECT_EQ(fold_lanes(v, [](auto one, auto other) { return larger(one, other); }), 3) << lane;
    EXPECT_EQ(sum_lanes(v + 1.f), kLanes + 3) << lane;
  }
}

TEST(ScaleRow, ScalesAsManyNumbersAsItIsTold) {
  for (int64_t size = 0; size <= 2 * kLanes + 1; ++size) {
    const Tensor x = Tensor::full({size + 1}, 3);
    scale_row(x.data(), size, 2);
    for (int64_t i = 0; i <= size; ++i) EXPECT_EQ(x.data()[i], i < size ? 6 : 3) << size;
  }
}

TEST(Transpose, TakesAnySizesAndFillsVectorsWithZeros) {
  for (const int64_t rows : {1, 2, 7, 8, 9, 16, 17, 33}) {
    for (const int64_t columns : {1, 5, 8, 15, 16, 17, 40}) {
      const int64_t apart = columns + 3, stride = whole_vectors(rows), to_apart = stride + kLanes;
      const Tensor x = random_tensor({rows, apart}, 1), y = Tensor::full({columns, to_apart}, 7);
      transpose(x.data(), apart, rows, columns, y.data(), to_apart);
      for (int64_t i = 0; i < y.elements(); ++i) {
        const int64_t c = i / to_apart, r = i % to_apart;
        const float expected = r < rows ? x.data()[r * apart + c] : r < stride ? 0 : 7;
        ASSERT_EQ(y.data()[i], expected) << rows << " " << columns << " " << c << " " << r;
      }
    }
  }
}

TEST(Exponentials, AreThoseOfARangeAndZeroElsewhere) {
  const int64_t size = 3 * kLanes;
  for (int64_t begin = 0; begin <= kLanes + 1; ++begin) {
    for (int64_t end = begin; end <= size; ++end) {
      const Tensor x = random_tensor({size}, 1), y = x.clone();
      const float sum = sum_lanes(exponentials(y.data(), begin, end, size, 0.5f));
      double expected = 0;
      for (int64_t i = 0; i < size; ++i) {
        const double e = begin <= i && i < end ? std::exp(x.data()[i] - 0.5) : 0;
        ASSERT_NEAR(y.data()[i], e, 1e-6 * e) << begin << " " << end;
        expected += e;
      }
      ASSERT_NEAR(sum, expected, 1e-5) << begin << " " << end;
    }
  }
}

TEST(Sigmoid, AndItsRestAreAccurateOnBothSides) {
  for (float x = -80; x <= 80; x += 0.37f) {
    const double value = 1 / (1 + std::exp(-static_cast<double>(x))), rest = 1 / (1 + std::exp(static_cast<double>(x)));
    EXPECT_NEAR(Sigmoid(x).value, value, 4e-7 * value) << x;
    EXPECT_NEAR(Sigmoid(x).rest, rest, 4e-7 * rest) << x;
  }
}

TEST(FastExp, IsAccurateFromMinus87To88) {
  double worst = 0;
  for (double x = -87; x <= 88; x += 1.7e-4) {
    const auto argument = static_cast<float>(x);
    const double expected = std::exp(static_cast<double>(argument));
    worst = std::max(worst, std::abs(fast_exp(argument) - expected) / expected);
  }
  EXPECT_LE(worst, 2e-7);
  EXPECT_EQ(fast_exp(0.f), 1);
}

TEST(FastExp, IsFiniteAndTinyOrHugeBeyond) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_LT(fast_exp(-1000.f), 2e-38f);
  EXPECT_LT(fast_exp(-infinity), 2e-38f);
  EXPECT_GE(fast_exp(-infinity), 0);
  EXPECT_GT(fast_exp(1000.f), 1e38f);
  EXPECT_TRUE(std::isfinite(fast_exp(infinity)));
}

TEST(FastExp, KeepsNan) {
  EXPECT_TRUE(std::isnan(fast_exp(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace rotor
