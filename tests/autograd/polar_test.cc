#include "autograd/polar.h"

#include "autograd/gradient_check.h"

namespace rotor {
namespace {

const std::vector<double> kFrequencies{1, 0.5, 0.1};

TEST(Polar, HasTheGradientsThatDifferencesShow) {
  const Tensor x = random_tensor({2, 2, 4, 3}, 1), phases = Tensor::of({2, 3}, {-1, -2, -3, -0.5, -4, -6});
  expect_gradients([&](const Inputs& in) { return polar(in[0], in[1], 3, kFrequencies); }, {x, phases});
  expect_gradients([&](const Inputs& in) { return polar(in[0], {}, 3, kFrequencies); }, {x});
}

TEST(Polar, GivesNoGradientToAPhaseOutsideOfATurn) {
  const Variable phases(Tensor::of({1, 3}, {0.5, -1, -7}), true);
  backward(sum(polar(random_tensor({1, 1, 2, 3}, 1), phases, 0, kFrequencies)));
  EXPECT_EQ(phases.gradient().data()[0], 0);
  EXPECT_NE(phases.gradient().data()[1], 0);
  EXPECT_EQ(phases.gradient().data()[2], 0);
}

}  // namespace
}  // namespace rotor
