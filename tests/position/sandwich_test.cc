#include "position/sandwich.h"

#include "base/scratch.h"
#include "position/formula.h"
#include "position/sinusoidal.h"

namespace rotor {
namespace {

TEST(Sandwich, AddsTheProductOfTheSinusoidsOfBothPositions) {
  PositionOptions options;
  options.sandwich_width = 10;
  const Tensor p = sinusoids({0, 23}, 10);
  for (bool decoder : {false, true}) {
    const StackSizes sizes{24, 4, decoder};
    const auto encoding = make_sandwich(options, sizes);
    expect_scores(*encoding, sizes, [&](const Pair& pair) {
      double product = 0;
      for (int64_t c = 0; c < 10; ++c)
        product += static_cast<double>(p.data()[pair.m * 10 + c]) * p.data()[pair.n * 10 + c];
      return pair.product() / std::sqrt(6) + product / (static_cast<double>(pair.head + 1) * 8 / 4);
    });
    expect_scores_of_distance_only(*encoding, sizes);
  }
}

TEST(Sandwich, RefusesSinusoidsWithoutTheirCosines) {
  PositionOptions options;
  options.sandwich_width = 9;
  const StackSizes sizes{4, 1};
  EXPECT_TRUE(
      says(message_of<UsageError>([&] { check_sandwich(options, sizes, "sandwich"); }), "--sandwich-width, got 9"));
}

}  // namespace
}  // namespace rotor
