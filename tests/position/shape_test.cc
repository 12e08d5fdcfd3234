#include "position/shape.h"

#include <gtest/gtest.h>

#include <set>

#include "golden.h"
#include "position/sinusoidal.h"
#include "random_tensor.h"

namespace rotor {
namespace {

PositionOptions shifts_below(int64_t bound) {
  PositionOptions options;
  options.shape_max_shift = bound;
  return options;
}

TEST(Shape, BeginsAtTheGreatestShiftOutsideTraining) {
  const NoGrad no_grad;
  const Tensor x = random_tensor({3, 5, 8}, 1), expected = x.clone();
  for (int64_t row = 0; row < 3; ++row) expected.narrow(0, row, 1).add(sinusoids({11, 5}, 8).reshape({1, 5, 8}));
  golden::expect_near(make_shape(shifts_below(9), {8, 1})->on_input(x, {2, 5}).value(), expected, 1e-6, "sum");
}

TEST(Shape, ShiftsEachSentenceByAWholeNumberBelowTheBound) {
  constexpr int64_t kBound = 4, kRows = 200;
  seed_random_operators(3);
  const Tensor y = make_shape(shifts_below(kBound), {8, 1})->on_input(Tensor::zeros({kRows, 5, 8}), {0, 5}).value();
  std::set<int64_t> seen;
  for (int64_t row = 0; row < kRows; ++row) {
    int64_t shift = 0;
    const auto differs = [&] {
      const Tensor expected = sinusoids({shift, 5}, 8), actual = y.narrow(0, row, 1).contiguous();
      return !std::equal(expected.span().begin(), expected.span().end(), actual.span().begin());
    };
    while (shift < kBound && differs()) ++shift;
    ASSERT_LT(shift, kBound) << "row " << row;
    seen.insert(shift);
  }
  EXPECT_EQ(seen.size(), kBound);
}

TEST(Shape, DrawsTheSameShiftsFromTheSameKey) {
  const auto encoding = make_shape(shifts_below(1000), {8, 1});
  const auto drawn = [&](uint64_t key) {
    seed_random_operators(key);
    return encoding->on_input(Tensor::zeros({3, 5, 8}), {0, 5}).value();
  };
  golden::expect_near(drawn(1), drawn(1), 0, "again");
  const Tensor one = drawn(1), other = drawn(2);
  EXPECT_FALSE(std::equal(one.span().begin(), one.span().end(), other.span().begin()));
}

}  // namespace
}  // namespace rotor
