#include "position/shaw.h"

#include "position/formula.h"

namespace rotor {
namespace {

constexpr StackSizes kSizes{18, 3};

std::unique_ptr<PositionEncoding> shaw(int64_t reach) {
  PositionOptions options;
  options.max_relative_position = reach;
  auto encoding = make_shaw(options, kSizes);
  randomise(*encoding, 5);
  return encoding;
}

int64_t row(int64_t m, int64_t n, int64_t reach) {
  return std::clamp(n - m, -reach, reach) + reach;
}

TEST(Shaw, AddsARelativeKeyToTheKey) {
  for (int64_t reach : {1, 4, 40}) {
    const auto encoding = shaw(reach);
    const auto keys = matrix(*encoding, "keys");
    expect_scores(*encoding, kSizes, [&](const Pair& pair) {
      double relative = 0;
      for (int64_t c = 0; c < 6; ++c) relative += pair.q[c] * keys(row(pair.m, pair.n, reach), c);
      return (pair.product() + relative) / std::sqrt(6);
    });
  }
}

TEST(Shaw, AddsARelativeValueToTheValue) {
  const auto encoding = shaw(4);
  const auto values = matrix(*encoding, "values");
  const Tensor context = random_tensor({2, 3, 5, 6}, 1), weights = random_tensor({2, 3, 5, 12}, 2);
  Tensor expected = context.clone();
  for (int64_t r = 0; r < 2 * 3 * 5; ++r) {
    for (int64_t c = 0; c < 6; ++c) {
      double sum = 0;
      for (int64_t n = 0; n < 12; ++n) sum += weights.data()[r * 12 + n] * values(row(7 + r % 5, n, 4), c);
      expected.data()[r * 6 + c] += static_cast<float>(sum);
    }
  }
  const Tensor actual = encoding->on_context(context, weights, {7, 5}, {0, 12}).value();
  golden::expect_near(actual, expected, 1e-6, "context");
}

TEST(Shaw, ScoresDependOnlyOnDistance) {
  expect_scores_of_distance_only(*shaw(4), kSizes);
}

}  // namespace
}  // namespace rotor
