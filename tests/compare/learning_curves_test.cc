#include "compare/learning_curves.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

TEST(LearningCurves, AreATableOfEveryValidationThatThePageDoesNotShow) {
  const FakeComparison fake;
  const Table table = curve_table(fake.comparison);
  EXPECT_FALSE(table.shown);
  EXPECT_EQ(table.rows.size(), 6u);
  EXPECT_TRUE(says(csv(table), "encoding,seed,update,epoch,minutes,loss,smoothed loss\n",
                   "sinusoidal,2,20,2,0.167,4.00000,4.50000\n"));
}

TEST(LearningCurves, AreDrawnAgainstUpdatesAndTime) {
  const FakeComparison fake;
  Page page;
  add_curves(fake.comparison, page);
  ASSERT_EQ(page.blocks.size(), 4u);
  EXPECT_EQ(std::get<Figure>(page.blocks[1]).name, "loss_by_update");
  EXPECT_TRUE(says(std::get<Figure>(page.blocks[2]).svg, "minutes of training", "rope"));
}

}  // namespace
}  // namespace rotor
