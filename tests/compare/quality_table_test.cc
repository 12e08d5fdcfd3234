#include "compare/quality_table.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

TEST(QualityTable, HasTheKindsMeasuresAndLossesAtEqualCost) {
  const FakeComparison fake;
  const Table table = quality_table(fake.comparison);
  EXPECT_EQ(csv(table),
            "encoding,seeds,Loss,Loss sd,\"p against sinusoidal, Loss\",\"Holm, Loss\",twice,loss at equal updates,"
            "loss at equal time\n"
            "sinusoidal,2,4.0,1.4,,,8.00,4.000,4.000\n"
            "rope,1,1.0,,0.010,0.010,2.00,4.000,4.000\n");
  EXPECT_TRUE(
      says(table.caption, "100 resamples of the segments", "the 1 tests", "Losses: at update 20", "0.167 minutes"));
  EXPECT_EQ(table.columns[2].best, Best::kLowest);
}

TEST(QualityTable, SaysWhyLossesAtEqualCostAreMissing) {
  FakeComparison fake;
  fake.comparison.groups[0].runs[0].result.training.validations = {{5, 1, 5, 5.5}};
  const Table table = quality_table(fake.comparison);
  EXPECT_TRUE(says(csv(table), "rope,1,1.0,,0.010,0.010,2.00,,\n"));
  EXPECT_TRUE(says(table.caption, "none of an encoding of which a run had not been validated by then"));
}

TEST(QualityTable, HasNoPValuesWithoutTheBaseline) {
  FakeComparison fake;
  fake.comparison.groups.erase(fake.comparison.groups.begin());
  EXPECT_EQ(quality_table(fake.comparison).rows[0][4], "");
}

TEST(MeasureFigures, AreOfTheMeasuresThatHaveOne) {
  const FakeComparison fake;
  Page page;
  add_measure_figures(fake.comparison, page);
  ASSERT_EQ(page.blocks.size(), 1u);
  const Figure& figure = std::get<Figure>(page.blocks[0]);
  EXPECT_EQ(figure.name, "loss");
  EXPECT_TRUE(says(figure.caption, "Loss of the test, the mean over seeds; bars show"));
  EXPECT_TRUE(says(figure.svg, "bits", "rope", "sinusoidal"));
}

}  // namespace
}  // namespace rotor
