#include "kernel/rotation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// Angle t · (i + 1) / 7 of pair i at position t, times a length.
Angles some_angles(int64_t length, int64_t half, double radius = 1) {
  Angles angles;
  for (int64_t n = 0; n < length * half; ++n) {
    const double angle = static_cast<double>((n / half) * (n % half + 1)) / 7;
    angles.cosines.push_back(static_cast<float>(radius * std::cos(angle)));
    angles.sines.push_back(static_cast<float>(radius * std::sin(angle)));
  }
  return angles;
}

TEST(Rotate, TurnsEachPairByItsAngleInAnyLayout) {
  for (const int64_t half : {1, 3, 8, 19}) {
    for (const Pairs pairs : {Pairs{2, 1}, Pairs{1, half}}) {
      const Tensor x = random_tensor({2, 3, 5, 2 * half}, 1), expected(x.shape());
      for (int64_t n = 0; n < x.elements() / 2; ++n) {
        const int64_t i = n % half, row = n / half, first = row * 2 * half + i * pairs.step, second = first + pairs.gap;
        const double angle = static_cast<double>((row % 5) * (i + 1)) / 7, a = x.data()[first], b = x.data()[second];
        expected.data()[first] = static_cast<float>(2 * (a * std::cos(angle) - b * std::sin(angle)));
        expected.data()[second] = static_cast<float>(2 * (a * std::sin(angle) + b * std::cos(angle)));
      }
      const Angles twice = some_angles(5, half, 2);
      for (const Tensor& in : {x, laid_out_as_transposed(x, 1, 2), laid_out_as_transposed(x, 2, 3)}) {
        golden::expect_near(rotate(in, twice, pairs, 1), expected, 1e-6, "rotated");
      }
      EXPECT_EQ(rotate(laid_out_as_transposed(x, 1, 2), twice, pairs, 1).strides(),
                laid_out_as_transposed(x, 1, 2).strides());
      const Angles angles = some_angles(5, half);
      golden::expect_near(rotate(rotate(x, angles, pairs, 1), angles, pairs, -1), x, 1e-6, "there and back");
    }
  }
  EXPECT_EQ(rotate(Tensor({2, 3, 0, 4}), {}, {2, 1}, 1).shape(), (Shape{2, 3, 0, 4}));
}

TEST(Rotate, LeavesTheNumbersAfterThePairs) {
  for (const Pairs pairs : {Pairs{2, 1}, Pairs{1, 3}}) {
    const Tensor x = random_tensor({2, 3, 5, 11}, 1), y = rotate(x, some_angles(5, 3), pairs, 1);
    golden::expect_near(y.narrow(3, 0, 6), rotate(x.narrow(3, 0, 6).contiguous(), some_angles(5, 3), pairs, 1), 0,
                        "pairs");
    golden::expect_near(y.narrow(3, 6, 5), x.narrow(3, 6, 5), 0, "the rest");
  }
}

TEST(Rotate, RefusesWhatMakesNoPairsAndAnglesOfOtherSizes) {
  const Angles angles = some_angles(5, 2);
  EXPECT_THROW(rotate(Tensor({2, 3, 5, 3}), angles, {2, 1}, 1), Error) << "a number without another";
  EXPECT_THROW(rotate(Tensor({3, 5, 4}), angles, {2, 1}, 1), Error);
  EXPECT_THROW(rotate(Tensor({2, 3, 6, 4}), angles, {2, 1}, 1), Error) << "a position without angles";
  EXPECT_THROW(rotate(Tensor({2, 3, 5, 4}), {angles.cosines, {}}, {2, 1}, 1), Error);
}

TEST(Rotate, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({2, 3, 70, 66}, 1);
  const Angles angles = some_angles(70, 33);
  expect_the_same_for_any_threads([&] { return std::vector{rotate(x, angles, {1, 33}, 1)}; });
}

}  // namespace
}  // namespace rotor
