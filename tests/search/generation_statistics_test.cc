#include "search/generation_statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

TEST(Perplexity, IsTheGeometricMeanOfOneOverTheProbabilities) {
  Perplexity perplexity;
  const std::vector<float> first = {std::log(0.5f), std::log(0.25f)}, second = {std::log(0.125f)};
  perplexity.add(first);
  perplexity.add(second);
  EXPECT_NEAR(perplexity.of_all(), 4, 1e-5);
  ASSERT_EQ(perplexity.by_position().size(), 2);
  EXPECT_NEAR(perplexity.by_position()[0], 4, 1e-5);
  EXPECT_NEAR(perplexity.by_position()[1], 4, 1e-5);
}

}  // namespace
}  // namespace rotor
