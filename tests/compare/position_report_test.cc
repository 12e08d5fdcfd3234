#include "compare/position_report.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rotor {
namespace {

using Ranges = std::vector<std::pair<size_t, size_t>>;

TEST(PositionRanges, GrowWithThePositionAndHoldEveryPositionOnce) {
  const std::vector<double> tokens(512, 10000);
  const Ranges ranges = position_ranges(tokens);
  EXPECT_EQ(ranges.front(), (std::pair<size_t, size_t>{0, 1}));
  for (size_t i = 1; i < ranges.size(); ++i) {
    EXPECT_EQ(ranges[i].first, ranges[i - 1].second);
    EXPECT_TRUE(i + 1 == ranges.size() || ranges[i].second >= ranges[i].first * 1.189) << i;
  }
  EXPECT_EQ(ranges.back().second, 512u);
  const auto from_64 = std::count_if(ranges.begin(), ranges.end(), [](const auto& range) { return range.first >= 64; });
  EXPECT_LE(from_64, 12) << "three doublings";
  EXPECT_GE(from_64, 9);
}

TEST(PositionRanges, HoldTokensEnough) {
  const std::vector<double> tokens(512, 80);
  for (const auto& [first, second] : position_ranges(tokens)) EXPECT_GE(80 * (second - first), 1000u) << first;
  EXPECT_EQ(position_ranges(tokens).front(), (std::pair<size_t, size_t>{0, 25}));
  const std::vector<double> few(64, 1);
  EXPECT_EQ(position_ranges(few).front(), (std::pair<size_t, size_t>{0, 4})) << "a sixteenth of a short text";
  EXPECT_EQ(position_ranges({}), Ranges());
}

}  // namespace
}  // namespace rotor
