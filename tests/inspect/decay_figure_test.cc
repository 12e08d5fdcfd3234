#include "inspect/decay_figure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/scratch.h"

namespace rotor {
namespace {

TEST(DecayFigure, DrawsOneCurveABase) {
  const std::string svg = DecayFigure{64, {10000, 1000}, 30}.to_svg();
  EXPECT_TRUE(says(svg, ">base 10000</", ">base 1000</", "head width 64"));
}

TEST(DecayFigure, IsATableOfARowADistance) {
  const std::string csv = DecayFigure{4, {100, 1}, 20}.to_csv();
  EXPECT_TRUE(csv.starts_with("head_width,base,distance,bound\n4,100,0,1.5\n4,100,1,1.400447\n"));
  EXPECT_TRUE(says(csv, "\n4,1,20,1.5\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 21);
}

}  // namespace
}  // namespace rotor
