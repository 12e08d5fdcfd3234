#include "position/cape.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "position/sinusoidal.h"
#include "random_tensor.h"

namespace rotor {
namespace {

TEST(Cape, IsSinusoidalOutsideTraining) {
  const NoGrad no_grad;
  const Tensor x = random_tensor({3, 5, 8}, 1);
  golden::expect_near(make_cape({}, {8, 1})->on_input(x, {2, 5}).value(),
                      make_sinusoidal({}, {8, 1})->on_input(x, {2, 5}).value(), 0, "positions from 2");
}

/// The positions that training draws, [rows, T], read back from the angle of the first pair of numbers.
std::vector<double> drawn(const PositionOptions& options, int64_t rows, int64_t length) {
  seed_random_operators(3);
  const Tensor y = make_cape(options, {2, 1})->on_input(Tensor::zeros({rows, length, 2}), {1, length}).value();
  std::vector<double> positions;
  for (int64_t n = 0; n < rows * length; ++n) positions.push_back(std::atan2(y.data()[2 * n], y.data()[2 * n + 1]));
  return positions;
}

PositionOptions moves(double global_shift, double local_shift, double scaling) {
  PositionOptions options;
  options.cape_global_shift = global_shift;
  options.cape_local_shift = local_shift;
  options.cape_global_scaling = scaling;
  return options;
}

TEST(Cape, ShiftsSentencesAndTokensAndScalesSentences) {
  constexpr int64_t kRows = 300;
  double least = 9, most = -9;
  const auto whole = drawn(moves(0.5, 0, 1), kRows, 2);
  for (int64_t row = 0; row < kRows; ++row) {
    const double shift = whole[2 * row] - 1;
    EXPECT_NEAR(whole[2 * row + 1] - 2, shift, 1e-5) << "one shift for a sentence";
    least = std::min(least, shift);
    most = std::max(most, shift);
  }
  EXPECT_TRUE(least > -0.5 && least < -0.45 && most < 0.5 && most > 0.45) << least << " " << most;
  const auto local = drawn(moves(0, 0.5, 1), kRows, 2);
  int alike = 0;
  for (int64_t row = 0; row < kRows; ++row) {
    EXPECT_LT(std::abs(local[2 * row] - 1), 0.5);
    alike += std::abs(local[2 * row] - 1 - (local[2 * row + 1] - 2)) < 1e-3;
  }
  EXPECT_LT(alike, 5) << "a shift for each token";
  const auto scaled = drawn(moves(0, 0, 1.4), kRows, 2);
  for (int64_t row = 0; row < kRows; ++row) {
    EXPECT_NEAR(scaled[2 * row + 1] / scaled[2 * row], 2, 1e-4) << "one scale for a sentence";
    EXPECT_TRUE(scaled[2 * row] < 1.4 && scaled[2 * row] > 1 / 1.4) << scaled[2 * row];
  }
}

}  // namespace
}  // namespace rotor
