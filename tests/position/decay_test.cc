#include "position/decay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

double mean(const std::vector<double>& bound, int64_t begin, int64_t end) {
  return std::accumulate(bound.begin() + begin, bound.begin() + end, 0.0) / static_cast<double>(end - begin);
}

TEST(LongTermDecay, AtDistanceZeroIsTheMeanOfOneToHalfTheWidth) {
  for (int64_t d : {2, 4, 64, 128}) {
    EXPECT_NEAR(long_term_decay(d, 10000, 0).at(0), (static_cast<double>(d) / 2 + 1) / 2, 1e-12) << d;
  }
}

TEST(LongTermDecay, OfOnePairIsAlwaysOne) {
  for (double bound : long_term_decay(2, 10000, 20)) EXPECT_NEAR(bound, 1, 1e-12);
}

TEST(LongTermDecay, OfTwoPairsIsTheFormulaByHand) {
  // S_1 = e^{ir}, S_2 = e^{ir} + e^{irθ}: |S_1| = 1, |S_2| = 2 |cos(r (1 − θ) / 2)|, θ = base^(−1/2).
  const auto bound = long_term_decay(4, 100, 50);
  for (int r = 0; r <= 50; ++r) EXPECT_NEAR(bound[r], (1 + 2 * std::abs(std::cos(r * 0.9 / 2))) / 2, 1e-12) << r;
}

TEST(LongTermDecay, IsWhatPythonsComplexNumbersGive) {
  const auto paper = long_term_decay(128, 10000, 250), other = long_term_decay(128, 1000, 250);
  EXPECT_NEAR(paper[10], 17.954137, 1e-6);
  EXPECT_NEAR(paper[100], 10.227330, 1e-6);
  EXPECT_NEAR(paper[250], 6.548179, 1e-6);
  EXPECT_NEAR(other[50], 8.404049, 1e-6);
  EXPECT_NEAR(other[250], 7.085892, 1e-6);
}

TEST(LongTermDecay, FallsWithTheDistance) {  // the paper's Figure 2
  const auto bound = long_term_decay(128, 10000, 250);
  EXPECT_EQ(bound.size(), 251u);
  EXPECT_GT(mean(bound, 0, 10), mean(bound, 10, 50));
  EXPECT_GT(mean(bound, 10, 50), mean(bound, 50, 100));
  EXPECT_GT(mean(bound, 50, 100), mean(bound, 100, 250));
  EXPECT_LT(bound[250], 0.35 * bound[0]);
}

TEST(LongTermDecay, WrongSizesAreNamed) {
  EXPECT_TRUE(says(message_of<Error>([] { long_term_decay(7, 10000, 5); }), "even", "7"));
  EXPECT_TRUE(says(message_of<Error>([] { long_term_decay(0, 10000, 5); }), "even", "0"));
  EXPECT_TRUE(says(message_of<Error>([] { long_term_decay(8, 0, 5); }), "base", "0"));
  EXPECT_TRUE(says(message_of<Error>([] { long_term_decay(8, NAN, 5); }), "base", "nan"));
  EXPECT_TRUE(says(message_of<Error>([] { long_term_decay(8, 10000, -1); }), "-1"));
}

}  // namespace
}  // namespace rotor
