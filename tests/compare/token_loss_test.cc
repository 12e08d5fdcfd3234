#include "compare/token_loss.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

TEST(TokenLoss, IsBitsATokenOfAllSegments) {
  Statistics losses(2, TokenLoss().width());
  set_loss(losses, 0, 10, 4);
  set_loss(losses, 1, 5, 1);
  EXPECT_EQ(TokenLoss().score(losses.sum()), 3);
  EXPECT_TRUE(std::isnan(TokenLoss().score(Statistics(1, 2).sum())));
}

}  // namespace
}  // namespace rotor
