#include "position/transformer_xl.h"

#include "position/formula.h"

namespace rotor {
namespace {

constexpr StackSizes kSizes{18, 3};

std::unique_ptr<PositionEncoding> transformer_xl() {
  auto encoding = make_transformer_xl({}, kSizes);
  randomise(*encoding, 5);
  return encoding;
}

TEST(TransformerXl, AddsTheFourTermsOfItsFormula) {
  const auto encoding = transformer_xl();
  const auto projection = matrix(*encoding, "key_projection"), u = matrix(*encoding, "content_bias"),
             v = matrix(*encoding, "position_bias");
  auto sinusoid = [](int64_t r, int64_t c) {
    const double angle = static_cast<double>(r) / std::pow(10000.0, static_cast<double>(c / 2 * 2) / 18);
    return c % 2 ? std::cos(angle) : std::sin(angle);
  };
  expect_scores(*encoding, kSizes, [&](const Pair& pair) {
    double sum = 0;
    for (int64_t c = 0; c < 6; ++c) {
      double position_key = 0;  // (W̃_k R_{m−n})_c of this head
      for (int64_t j = 0; j < 18; ++j) position_key += projection(pair.head * 6 + c, j) * sinusoid(pair.m - pair.n, j);
      sum += (pair.q[c] + u(pair.head, c)) * pair.k[c] + (pair.q[c] + v(pair.head, c)) * position_key;
    }
    return sum / std::sqrt(6);
  });
}

TEST(TransformerXl, ScoresDependOnlyOnDistance) {
  expect_scores_of_distance_only(*transformer_xl(), kSizes);
}

TEST(TransformerXl, StartsWithoutBiases) {
  const auto encoding = make_transformer_xl({}, kSizes);
  encoding->initialise(1);
  const auto u = matrix(*encoding, "content_bias"), v = matrix(*encoding, "position_bias");
  for (int64_t i = 0; i < 18; ++i) EXPECT_EQ(u(i / 6, i % 6) + v(i / 6, i % 6), 0);
}

}  // namespace
}  // namespace rotor
