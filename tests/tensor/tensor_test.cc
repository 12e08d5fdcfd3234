#include "tensor/tensor.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

std::vector<float> numbers(const Tensor& x) {
  const Tensor y = x.contiguous();
  return {y.span().begin(), y.span().end()};
}

Tensor counting(Shape shape) {
  Tensor x(shape);
  for (int64_t i = 0; i < x.elements(); ++i) x.data()[i] = static_cast<float>(i);
  return x;
}

TEST(Tensor, IsUndefinedUntilGivenAShape) {
  EXPECT_FALSE(Tensor().defined());
  EXPECT_TRUE(Tensor(Shape{0}).defined());
  EXPECT_EQ(Tensor::full({}, 7).item(), 7);
  EXPECT_THROW(Tensor::zeros({2}).item(), Error);
  EXPECT_THROW(Tensor::of({2, 2}, {1, 2, 3}), Error);
}

TEST(Tensor, ViewsShareItsNumbers) {
  const Tensor x = counting({2, 3});
  x.transpose(0, 1).narrow(0, 1, 1).fill(9);
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 9, 2, 3, 9, 5}));
  x.reshape({3, 2}).narrow(0, 2, 1).fill(7);
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 9, 2, 3, 7, 7}));
}

TEST(Tensor, CopiesDoNotShareThem) {
  const Tensor x = counting({2, 2}), y = x.clone();
  y.fill(0);
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 1, 2, 3}));
}

TEST(Tensor, TransposedNumbersAreReadInTheirOrder) {
  const Tensor x = counting({2, 3}).transpose(0, 1);
  EXPECT_FALSE(x.is_contiguous());
  EXPECT_TRUE(x.is_dense());
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_THROW(x.span(), Error);
  EXPECT_THROW(x.reshape({6}), Error);
}

TEST(Tensor, ReshapeFindsOneSizeAndRefusesOthers) {
  EXPECT_EQ(counting({2, 6}).reshape({3, -1, 2}).shape(), Shape({3, 2, 2}));
  EXPECT_THROW(counting({2, 3}).reshape({4, 2}), Error);
  EXPECT_THROW(counting({2, 3}).reshape({4, -1}), Error);
}

TEST(Tensor, NarrowKeepsWithinItsAxis) {
  const Tensor x = counting({2, 4});
  EXPECT_EQ(numbers(x.narrow(1, 1, 2)), (std::vector<float>{1, 2, 5, 6}));
  EXPECT_FALSE(x.narrow(1, 1, 2).is_dense());
  EXPECT_TRUE(x.narrow(0, 1, 1).is_contiguous());
  EXPECT_THROW(x.narrow(1, 3, 2), Error);
  EXPECT_THROW(x.narrow(1, -1, 2), Error);
}

TEST(Tensor, LikeKeepsADenseLayout) {
  const Tensor x = counting({2, 3, 4}).transpose(0, 2);
  EXPECT_EQ(Tensor::like(x).strides(), x.strides());
  EXPECT_TRUE(Tensor::like(x.narrow(0, 0, 2)).is_contiguous());
}

TEST(Tensor, AddsAndCopiesAcrossStrides) {
  const Tensor x = counting({2, 3}), y = counting({3, 2}).transpose(0, 1);  // y = 0 2 4 | 1 3 5
  x.add(y, 10);
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 21, 42, 13, 34, 55}));
  x.add(x, 1);
  EXPECT_EQ(numbers(x), (std::vector<float>{0, 42, 84, 26, 68, 110}));
  const Tensor wide = Tensor::zeros({2, 5});
  wide.narrow(1, 1, 3).copy_from(y);
  EXPECT_EQ(numbers(wide), (std::vector<float>{0, 0, 2, 4, 0, 0, 1, 3, 5, 0}));
  EXPECT_THROW(x.copy_from(counting({3, 2})), Error);
}

TEST(Tensor, MayHoldNothing) {
  const Tensor x({0, 3});
  x.fill(1);
  EXPECT_EQ(x.clone().elements(), 0);
  EXPECT_TRUE(x.is_contiguous());
}

}  // namespace
}  // namespace rotor
