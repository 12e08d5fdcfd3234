#include "kernel/elementwise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Elementwise, AddsATensorOfTheSameShapeOrOfTheLastAxes) {
  const Tensor a = random_tensor({3, 5, 7}, 1);
  for (const Shape& shape : {Shape{3, 5, 7}, Shape{5, 7}, Shape{7}, Shape{}}) {
    const Tensor b = random_tensor(shape, 2), y = add(a, b);
    ASSERT_EQ(y.shape(), a.shape());
    for (int64_t i = 0; i < y.elements(); ++i) {
      EXPECT_EQ(y.data()[i], a.data()[i] + b.data()[i % b.elements()]) << shape.str() << " " << i;
    }
  }
  EXPECT_EQ(add(Tensor({0, 7}), Tensor({7})).shape(), (Shape{0, 7}));
  for (const Shape& shape : {Shape{5}, Shape{3, 5}, Shape{35}, Shape{1, 3, 5, 7}}) {
    EXPECT_THROW(add(a, Tensor::zeros(shape)), Error) << shape.str();
  }
}

TEST(Elementwise, SumsOverTheLeadingAxesOfAnyLayout) {
  for (int64_t width : {1, 63, 64, 65, 130}) {
    const Tensor x = laid_out_as_transposed(random_tensor({3, 4, width}, 1), 0, 2);
    Tensor by_row({4, width}), whole({width});
    for (int64_t c = 0; c < width; ++c) {
      double all = 0;
      for (int64_t i = 0; i < 4; ++i) {
        double sum = 0;
        for (int64_t n = 0; n < 3; ++n) sum += element(x, n, i, c);
        by_row.data()[i * width + c] = static_cast<float>(sum);
        all += sum;
      }
      whole.data()[c] = static_cast<float>(all);
    }
    golden::expect_near(sum_leading(x, {4, width}), by_row, 1e-6, "one axis");
    golden::expect_near(sum_leading(x, {width}), whole, 1e-6, "two axes");
    expect_same_bits(sum_leading(x, x.shape()), x, "no axis");
  }
  expect_same_bits(sum_leading(Tensor({0, 5}), {5}), Tensor::zeros({5}), "no rows");
}

TEST(Elementwise, MultipliesScalesAndSums) {
  const Tensor a = random_tensor({3, 13}, 1), b = random_tensor({3, 13}, 2);
  const Tensor product = mul(a, b), transposed = a.transpose(0, 1), scaled = scale(transposed, -1.5f);
  double total = 0;
  for (int64_t i = 0; i < 39; ++i) {
    EXPECT_EQ(product.data()[i], a.data()[i] * b.data()[i]);
    total += a.data()[i];
  }
  EXPECT_EQ(sum(a), total);
  EXPECT_EQ(sum(Tensor({0})), 0);
  EXPECT_EQ(scaled.strides(), transposed.strides());
  for (int64_t i = 0; i < 39; ++i) EXPECT_EQ(element(scaled, i % 13, i / 13), a.data()[i] * -1.5f);
  EXPECT_THROW(mul(a, transposed), Error);
  EXPECT_THROW(mul(a, random_tensor({13, 3}, 1).transpose(0, 1)), Error) << "not contiguous";
}

TEST(Elementwise, DropsEachElementByItsMask) {
  const Tensor x = random_tensor({7, 11}, 1), y = random_tensor({7, 11}, 2);
  const Dropout half{0.5f, 0x123456789abcdef};
  const Tensor dropped = dropout(y, half), added = add_dropout(x, y, half);
  int64_t zeros = 0;
  for (int64_t i = 0; i < 77; ++i) {
    const float factor = Dropout::Mask(half)(static_cast<uint32_t>(i));
    EXPECT_EQ(dropped.data()[i], y.data()[i] * factor);
    EXPECT_FLOAT_EQ(added.data()[i], x.data()[i] + y.data()[i] * factor);
    zeros += dropped.data()[i] == 0;
  }
  EXPECT_TRUE(zeros > 20 && zeros < 57) << zeros;
  EXPECT_THROW(add_dropout(x, y.reshape({77}), half), Error);
}

TEST(PositiveFeatures, AreTheirFormulaForwardAndBackwardInAnyLayout) {
  const Tensor x = laid_out_as_transposed(random_tensor({2, 5, 3, 7}, 1, 2), 1, 2), y = positive_features(x);
  const Tensor g = random_tensor({2, 5, 3, 7}, 2), d_x = positive_features_backward(g, y);
  EXPECT_EQ(y.strides(), x.strides());
  EXPECT_EQ(d_x.strides(), x.strides());
  for (int64_t i = 0; i < x.elements(); ++i) {
    const int64_t b = i / 105, h = i / 21 % 5, t = i / 7 % 3, c = i % 7;
    const double in = element(x, b, h, t, c), slope = in > 0 ? 1 : std::exp(in);
    EXPECT_NEAR(element(y, b, h, t, c), in > 0 ? in + 1 : std::exp(in), 1e-6) << in;
    EXPECT_NEAR(element(d_x, b, h, t, c), slope * element(g, b, h, t, c), 1e-6) << in;
  }
}

TEST(PositiveFeatures, StayPositiveAndKeepNan) {
  const Tensor y = positive_features(Tensor::of({5}, {-1000, -1e-9f, 0, 1e30f, NAN}));
  EXPECT_GT(y.data()[0], 0);
  EXPECT_LT(y.data()[0], 1e-37f);
  EXPECT_EQ(y.data()[1], 1);
  EXPECT_EQ(y.data()[2], 1);
  EXPECT_EQ(y.data()[3], 1e30f);
  EXPECT_TRUE(std::isnan(y.data()[4]));
}

TEST(Elementwise, GivesTheSameBitsForAnyThreads) {
  const Tensor a = random_tensor({129, 331}, 1), b = random_tensor({129, 331}, 2), row = random_tensor({331}, 3);
  const Dropout tenth{0.1f, 5};
  expect_the_same_for_any_threads([&] {
    const Tensor y = positive_features(a);
    return std::vector{add(a, row),       sum_leading(a, {331}),    mul(a, b), scale(a, 3),
                       dropout(a, tenth), add_dropout(a, b, tenth), y,         positive_features_backward(b, y)};
  });
}

}  // namespace
}  // namespace rotor
