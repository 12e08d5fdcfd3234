#include "position/alibi.h"

#include "position/formula.h"

namespace rotor {
namespace {

/// The slopes as they show in the scores of a key one before its query.
std::vector<double> slopes(int64_t heads) {
  const Tensor q = Tensor::zeros({1, heads, 1, 2}), k = Tensor::zeros({1, heads, 2, 2});
  const Tensor scores = scores_of(*make_alibi({}, {2 * heads, heads}), q, k, {1, 1}, {0, 2});
  std::vector<double> result;
  for (int64_t h = 0; h < heads; ++h) result.push_back(-scores.data()[2 * h]);
  return result;
}

TEST(Alibi, SubtractsTheDistanceTimesTheSlopeOfTheHead) {
  for (bool decoder : {false, true}) {
    const StackSizes sizes{24, 4, decoder};
    const auto encoding = make_alibi({}, sizes);
    expect_scores(*encoding, sizes, [](const Pair& pair) {
      const double slope = std::pow(2, -2 * static_cast<double>(pair.head + 1));
      return pair.product() / std::sqrt(6) - slope * static_cast<double>(std::abs(pair.m - pair.n));
    });
    expect_scores_of_distance_only(*encoding, sizes);
  }
}

TEST(Alibi, HasSlopesForAnyNumberOfHeads) {
  EXPECT_EQ(slopes(1), (std::vector<double>{1. / 256}));
  EXPECT_EQ(slopes(4), (std::vector<double>{1. / 4, 1. / 16, 1. / 64, 1. / 256}));
  // Two heads' slopes, then the first of four heads'.
  EXPECT_EQ(slopes(3), (std::vector<double>{1. / 16, 1. / 256, 1. / 4}));
  const std::vector<double> six = slopes(6);
  EXPECT_EQ(std::vector(six.begin(), six.begin() + 4), slopes(4));
  EXPECT_NEAR(six[4], 1. / 2, 1e-7);
  EXPECT_NEAR(six[5], 1. / 8, 1e-7);
}

TEST(Alibi, HasNothingToLearn) {
  EXPECT_TRUE(make_alibi({}, {24, 4})->parameters().empty());
}

}  // namespace
}  // namespace rotor
