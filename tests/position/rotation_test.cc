#include "position/rotation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "autograd/gradient_check.h"
#include "base/check.h"
#include "base/scratch.h"
#include "golden.h"

namespace rotor {
namespace {

constexpr StackSizes kSizes{8, 2, false};

/// The frequencies of two pairs, 1 and 1 / base^(1/2).
std::vector<double> frequencies(double base = 10000) {
  return {1, std::pow(base, -0.5)};
}

TEST(Rotation, TurnsPairsByThePositionTimesTheirAngle) {
  const Variable x = Tensor::of({1, 1, 1, 4}, {1, 0, 1, 0});
  const Tensor beside = Rotation(frequencies(100), "interleaved")(x, {3, 1}).value();
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(beside.data()[2 * i], std::cos(3 * std::pow(100, -i / 2.0)), 1e-6);
    EXPECT_NEAR(beside.data()[2 * i + 1], std::sin(3 * std::pow(100, -i / 2.0)), 1e-6);
  }
  const Tensor half = Rotation(frequencies(100), "half")(x, {3, 1}).value();  // pairs (1, 1) and (0, 0)
  EXPECT_NEAR(half.data()[0], std::cos(3) - std::sin(3), 1e-6);
  EXPECT_NEAR(half.data()[2], std::sin(3) + std::cos(3), 1e-6);
  EXPECT_EQ(half.data()[1], 0);
}

TEST(Rotation, MultipliesEachPairByItsLength) {
  const Variable x = random_tensor({1, 2, 5, 4}, 1);
  const Rotation rotation(frequencies(), "interleaved");
  const Tensor plain = rotation(x, {2, 5}).value();
  const Tensor longer =
      rotation(x, {2, 5}, [](int64_t m, int64_t i) { return static_cast<double>(m + 10 * i); }).value();
  for (int64_t n = 0; n < plain.elements(); ++n) {
    const int64_t m = 2 + n / 4 % 5, i = n % 4 / 2;
    EXPECT_NEAR(longer.data()[n], static_cast<float>(m + 10 * i) * plain.data()[n], 1e-4);
  }
}

TEST(Rotation, LeavesNumbersAfterItsPairsAsTheyAre) {
  const Variable x = random_tensor({1, 2, 5, 7}, 1);
  for (const char* layout : {"interleaved", "half"}) {
    const Tensor turned = Rotation(frequencies(), layout, 3)(x, {2, 5}).value();
    const Tensor first = x.value().narrow(3, 0, 4).contiguous();
    golden::expect_near(turned.narrow(3, 0, 4), Rotation(frequencies(), layout, 3)(first, {2, 5}).value(), 0, layout);
    golden::expect_near(turned.narrow(3, 4, 3), x.value().narrow(3, 4, 3), 0, layout);
    expect_gradients([&](const Inputs& in) { return Rotation(frequencies(), layout, 3)(in[0], {2, 5}); }, {x.value()});
  }
}

TEST(Rotation, RefusesWidthsThatMakeNoPairs) {
  const auto refusal = [](const StackSizes& sizes) {
    return message_of<UsageError>([&] { check_pairs(sizes, "xpos"); });
  };
  StackSizes sizes{6, 2};
  EXPECT_TRUE(says(refusal(sizes), "xpos turns pairs", "even head width, got 3 (6 / 2 heads)"));
  sizes.features = 10;
  EXPECT_EQ(refusal(sizes), "(nothing thrown)") << "it is the features that are turned";
  sizes = kSizes;
  sizes.features = 11;
  EXPECT_TRUE(says(refusal(sizes), "xpos turns pairs", "even number of features of a head, got 11"));
}

}  // namespace
}  // namespace rotor
