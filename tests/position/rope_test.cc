#include "position/rope.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "base/scratch.h"
#include "golden.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 6, kHeads = 2;  // of a head; heads

/// Parameterised by the layout of pairs.
class Rope : public testing::TestWithParam<std::string> {
 protected:
  Rope() {
    options_.rope_layout = GetParam();
    rope_ = make_rope(options_, {kWidth * kHeads, kHeads, false});
  }

  Tensor turned(const Tensor& x, int64_t begin) const { return rope_->on_queries(x, {begin, x.size(2)}).value(); }

  /// R_m x by the block-diagonal matrix of eq 15, in the order of this layout's pairs.
  std::vector<double> by_matrix(const float* x, int64_t m) const {
    double matrix[kWidth][kWidth] = {};
    for (int64_t i = 0; i < kWidth / 2; ++i) {
      const double angle = static_cast<double>(m) * std::pow(10000.0, -2.0 * static_cast<double>(i) / kWidth);
      const int64_t first = GetParam() == "half" ? i : 2 * i,
                    second = GetParam() == "half" ? i + kWidth / 2 : 2 * i + 1;
      matrix[first][first] = matrix[second][second] = std::cos(angle);
      matrix[first][second] = -std::sin(angle);
      matrix[second][first] = std::sin(angle);
    }
    std::vector<double> y(kWidth);
    for (int64_t i = 0; i < kWidth; ++i) {
      for (int64_t j = 0; j < kWidth; ++j) y[i] += matrix[i][j] * x[j];
    }
    return y;
  }

  PositionOptions options_;
  std::unique_ptr<PositionEncoding> rope_;
};

double dot(const Tensor& a, int64_t i, const Tensor& b, int64_t j) {
  double sum = 0;
  for (int64_t c = 0; c < kWidth; ++c) sum += static_cast<double>(a.data()[i * kWidth + c]) * b.data()[j * kWidth + c];
  return sum;
}

/// [1, 1, length, kWidth], every row the same.
Tensor repeated(int64_t length, uint64_t seed) {
  const Tensor row = random_tensor({1, 1, 1, kWidth}, seed), x({1, 1, length, kWidth});
  for (int64_t t = 0; t < length; ++t) x.narrow(2, t, 1).copy_from(row);
  return x;
}

TEST_P(Rope, IsTheProductWithTheBlockDiagonalMatrix) {
  const Tensor x = random_tensor({1, 1, 20, kWidth}, 1), y = turned(x, 3);
  for (int64_t t = 0; t < 20; ++t) {
    const auto expected = by_matrix(x.data() + t * kWidth, 3 + t);
    for (int64_t c = 0; c < kWidth; ++c) EXPECT_NEAR(y.data()[t * kWidth + c], expected[c], 1e-6) << t << " " << c;
  }
}

TEST_P(Rope, KeepsTheNorm) {
  const Tensor x = random_tensor({1, 1, 50, kWidth}, 1), y = turned(x, 1000);
  for (int64_t t = 0; t < 50; ++t) EXPECT_NEAR(dot(y, t, y, t) / dot(x, t, x, t), 1, 1e-6);
}

TEST_P(Rope, ScoresDependOnlyOnDistance) {
  const Tensor q = turned(repeated(40, 1), 0), k = turned(repeated(40, 2), 0);
  for (int64_t distance = -9; distance <= 9; ++distance) {
    const double expected = dot(q, 10 + distance, k, 10);
    for (int64_t n : {9, 15, 30}) EXPECT_NEAR(dot(q, n + distance, k, n), expected, 1e-5) << distance;
  }
  EXPECT_GT(std::abs(dot(q, 12, k, 10) - dot(q, 10, k, 10)), 1e-3) << "and do depend on it";
}

/// R_mᵀ R_n = R_{n−m}: ⟨R_m x, R_n y⟩ = ⟨x, R_{n−m} y⟩ for all x and y.
TEST_P(Rope, TurningBackByMAndOnByNIsTurningByTheDifference) {
  const Tensor x = random_tensor({1, 1, 1, kWidth}, 1), y = random_tensor({1, 1, 1, kWidth}, 2);
  for (const auto& [m, n] : {std::pair{0, 5}, {3, 3}, {7, 19}, {100, 900}}) {
    EXPECT_NEAR(dot(turned(x, m), 0, turned(y, n), 0), dot(x, 0, turned(y, n - m), 0), 1e-5);
  }
}

TEST_P(Rope, TurnsKeysAsItTurnsQueriesAndTouchesNothingElse) {
  const Tensor x = random_tensor({2, kHeads, 4, kWidth}, 1);
  golden::expect_near(rope_->on_keys(x, {5, 4}).value(), rope_->on_queries(x, {5, 4}).value(), 0, "keys");
  const Tensor input = random_tensor({2, 4, kWidth * kHeads}, 1);
  golden::expect_near(rope_->on_input(input, {5, 4}).value(), input, 0, "input");
  EXPECT_FALSE(rope_->touches().scores);
}

TEST_P(Rope, AgreesWithTheGoldenForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  auto name = [](const std::string& part) { return "rope." + GetParam() + "." + part; };
  const Variable x(file.tensor(name("x")), true);
  const Variable y = rope_->on_queries(x, {golden::integers(file, name("begin"))[0], x.size(2)});
  golden::expect_near(y.value(), file.tensor(name("output")), 1e-6, "output");
  backward(sum(mul(y, file.tensor(name("gradient.output")))));
  golden::expect_near(x.gradient(), file.tensor(name("gradient.x")), 1e-6, "gradient");
}

TEST_P(Rope, GradientIsRightForEveryLayoutOfTheHeads) {
  auto turn = [&](const Variable& x) { return rope_->on_keys(x, {3, x.size(2)}); };
  expect_gradients([&](const Inputs& x) { return turn(x[0]); }, {random_tensor({2, kHeads, 3, kWidth}, 1)});
  expect_gradients([&](const Inputs& x) { return merge_heads(turn(split_heads(x[0], kHeads))); },
                   {random_tensor({2, 3, kWidth * kHeads}, 1)});
  expect_gradients([&](const Inputs& x) { return transpose(turn(x[0]), 2, 3); },
                   {random_tensor({2, kHeads, 3, kWidth}, 1)});
  const Tensor x = random_tensor({2, kHeads, 3, kWidth}, 1);
  golden::expect_near(turn(laid_out_as_transposed(x, 2, 3)).value(), turn(x).value(), 0, "features before tokens");
}

INSTANTIATE_TEST_SUITE_P(Layouts, Rope, testing::Values("interleaved", "half"),
                         [](const auto& info) { return info.param; });

TEST(RopeOptions, AnOddHeadWidthIsRefusedByName) {
  EXPECT_TRUE(says(message_of<Error>([] { make_rope({}, {15, 3, false}); }), "rope", "even head width", "5 (15 / 3"));
}

TEST(RopeOptions, TheBaseChangesTheAngles) {
  PositionOptions options;
  options.rope_base = 500;
  const Tensor x = Tensor::of({1, 1, 1, 4}, {1, 0, 1, 0});
  const Tensor y = make_rope(options, {4, 1, false})->on_queries(x, {7, 1}).value();
  EXPECT_NEAR(y.data()[3], std::sin(7 / std::sqrt(500.0)), 1e-6);
}

}  // namespace
}  // namespace rotor
