#include "compare/comparison.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "compare/fake_kind.h"
#include "page/statistics.h"

namespace rotor {
namespace {

TEST(Comparison, KnowsItsBaselineAndWhetherThatIsFinished) {
  FakeComparison fake;
  EXPECT_EQ(fake.comparison.baseline().label, "sinusoidal");
  EXPECT_TRUE(fake.comparison.has_baseline());
  fake.comparison.groups.erase(fake.comparison.groups.begin());
  EXPECT_EQ(fake.comparison.baseline().label, "rope");
  EXPECT_FALSE(fake.comparison.has_baseline());
  EXPECT_EQ(spread_caption(fake.comparison), "") << "one seed has no spread";
}

TEST(Comparison, LeavesUnknownNumbersEmpty) {
  EXPECT_EQ(cell(1.25, 1), "1.2");
  EXPECT_EQ(cell(kUnknown, 1), "");
}

TEST(AddFigures, DividesMoreLinesThanThePaletteHasColours) {
  LinePlot plot;
  for (size_t i = 0; i <= kMaxSeries; ++i) plot.series.push_back({fmt::format("line {}", i), {0, 1}, {0, 1}});
  Page page;
  add_figures(plot, "figure", "caption", page);
  ASSERT_EQ(page.blocks.size(), 2u);
  EXPECT_EQ(std::get<Figure>(page.blocks[1]).name, "figure_2");
  EXPECT_TRUE(says(std::get<Figure>(page.blocks[1]).svg, fmt::format("line {}", kMaxSeries)));
}

}  // namespace
}  // namespace rotor
