#include "position/rotation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "autograd/gradient_check.h"
#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

constexpr StackSizes kSizes{8, 2, false};

PositionOptions layout(const std::string& name, double base = 10000) {
  PositionOptions options;
  options.rope_layout = name;
  options.rope_base = base;
  return options;
}

TEST(Rotation, TurnsPairsByThePositionTimesTheirAngle) {
  const Variable x = Tensor::of({1, 1, 1, 4}, {1, 0, 1, 0});
  const Tensor beside = Rotation(layout("interleaved", 100), kSizes, "rope")(x, {3, 1}).value();
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(beside.data()[2 * i], std::cos(3 * std::pow(100, -i / 2.0)), 1e-6);
    EXPECT_NEAR(beside.data()[2 * i + 1], std::sin(3 * std::pow(100, -i / 2.0)), 1e-6);
  }
  const Tensor half = Rotation(layout("half", 100), kSizes, "rope")(x, {3, 1}).value();  // pairs (1, 1) and (0, 0)
  EXPECT_NEAR(half.data()[0], std::cos(3) - std::sin(3), 1e-6);
  EXPECT_NEAR(half.data()[2], std::sin(3) + std::cos(3), 1e-6);
  EXPECT_EQ(half.data()[1], 0);
}

TEST(Rotation, MultipliesEachPairByItsLength) {
  const Variable x = random_tensor({1, 2, 5, 4}, 1);
  const Rotation rotation(layout("interleaved"), kSizes, "xpos");
  const Tensor plain = rotation(x, {2, 5}).value();
  const Tensor longer =
      rotation(x, {2, 5}, [](int64_t m, int64_t i) { return static_cast<double>(m + 10 * i); }).value();
  for (int64_t n = 0; n < plain.elements(); ++n) {
    const int64_t m = 2 + n / 4 % 5, i = n % 4 / 2;
    EXPECT_NEAR(longer.data()[n], static_cast<float>(m + 10 * i) * plain.data()[n], 1e-4);
  }
}

TEST(Rotation, RefusesWidthsThatMakeNoPairs) {
  const auto refusal = [](const StackSizes& sizes) {
    return message_of<UsageError>([&] { Rotation(layout("half"), sizes, "xpos"); });
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
