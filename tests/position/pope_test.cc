#include "position/pope.h"

#include <numbers>

#include "position/formula.h"

namespace rotor {
namespace {

double softplus(double x) {
  return std::log(1 + std::exp(x));
}

TEST(Pope, HasContentInMagnitudesAndPositionsInPhases) {
  PositionOptions options;
  options.rope_base = 50;
  const StackSizes sizes{24, 4, true};
  const auto encoding = make_pope(options, sizes);
  randomise(*encoding, 5);
  const auto phases = matrix(*encoding, "phases");
  expect_scores(*encoding, sizes, [&](const Pair& pair) {
    double sum = 0;
    for (int64_t i = 0; i < 6; ++i) {
      const double theta = std::pow(50, -static_cast<double>(i) / 6);
      const double phase = std::clamp(phases(pair.head, i), -2 * std::numbers::pi, 0.0);
      sum += softplus(pair.q[i]) * softplus(pair.k[i]) * std::cos(static_cast<double>(pair.m - pair.n) * theta - phase);
    }
    return sum / std::sqrt(6);
  });
  expect_scores_of_distance_only(*encoding, sizes);
}

TEST(Pope, KeepsPhasesWithinATurn) {
  const auto encoding = make_pope({}, {24, 4, true, 2});
  encoding->initialise(1);
  const Tensor phases = encoding->values()[0].value;
  EXPECT_EQ(phases.shape(), (Shape{2, 6}));
  for (float phase : phases.span()) EXPECT_EQ(phase, 0);
  phases.data()[0] = 1;
  phases.data()[1] = -7;
  encoding->begin_update(1, 1);
  EXPECT_EQ(phases.data()[0], 0);
  EXPECT_NEAR(phases.data()[1], -2 * std::numbers::pi, 1e-6);
}

}  // namespace
}  // namespace rotor
