#include "tensor/shape.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(Shape, CountsElementsAndPrintsItself) {
  EXPECT_EQ(Shape({2, 3, 4}).elements(), 24);
  EXPECT_EQ(Shape({}).elements(), 1) << "a scalar has one";
  EXPECT_EQ(Shape({2, 0, 4}).elements(), 0);
  EXPECT_EQ(Shape({2, 3}).str(), "[2, 3]");
}

TEST(Shape, ComparesSizesAndRank) {
  EXPECT_EQ(Shape({2, 3}), Shape({2, 3}));
  EXPECT_NE(Shape({2, 3}), Shape({3, 2}));
  EXPECT_NE(Shape({2, 3}), Shape({2, 3, 1}));
}

TEST(Shape, HasAtMostFiveAxes) {
  EXPECT_EQ(Shape({1, 2, 3, 4, 5}).rank(), 5);
  EXPECT_THROW(Shape({1, 1, 1, 1, 1, 1}), Error);
}

}  // namespace
}  // namespace rotor
