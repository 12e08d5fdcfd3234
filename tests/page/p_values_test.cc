#include "page/p_values.h"

#include <gtest/gtest.h>

#include "page/statistics.h"

namespace rotor {
namespace {

TEST(Holm, MultipliesEachPByTheTestsThatAreNotYetRejectedAndNeverFalls) {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  const std::vector<double> corrected = holm({0.01, 0.04, 0.03, 0.005});
  const double expected[] = {0.03, 0.06, 0.06, 0.02};
  for (size_t i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(corrected[i], expected[i]);
  EXPECT_EQ(holm({0.7, 0.6}), (std::vector<double>{1, 1}));
  EXPECT_EQ(holm({0.25}), std::vector<double>{0.25});
  EXPECT_TRUE(holm({}).empty());
}

TEST(PColumn, SaysAtMostWhereNoTrialWasAsFarOff) {
  PColumn column(1000);
  column.add(1.0 / 1001);
  column.add(2.0 / 1001);
  column.add(1);
  EXPECT_EQ(column.text(0), "≤ 0.001");
  EXPECT_EQ(column.text(1), "0.002");
  EXPECT_EQ(column.text(2), "1.000");
  EXPECT_EQ(column.corrected(0), "≤ 0.003");
  EXPECT_EQ(column.corrected(1), "0.004");
  EXPECT_EQ(column.corrected(2), "1.000");
}

TEST(PColumn, RoundsBoundsUpAndShowsTheDecimalsThatTheTrialsCanTellApart) {
  PColumn few(300), many(10000);
  few.add(1.0 / 301);
  many.add(1.0 / 10001);
  many.add(0.01234);
  EXPECT_EQ(few.text(0), "≤ 0.004");
  EXPECT_EQ(many.text(0), "≤ 0.0001");
  EXPECT_EQ(many.text(1), "0.0123");
}

}  // namespace
}  // namespace rotor
