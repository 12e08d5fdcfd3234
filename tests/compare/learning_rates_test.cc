#include "compare/learning_rates.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/check.h"
#include "base/option_text.h"
#include "base/scratch.h"
#include "compare/fake_kind.h"

namespace rotor {
namespace {

TEST(ReadLearningRates, ReadsNumbersAboveZero) {
  EXPECT_EQ(read_learning_rates("2e-5, 0.001"), (std::vector<double>{2e-5, 0.001}));
  EXPECT_TRUE(read_learning_rates("").empty());
  const auto refused = [](const char* list) { return message_of<UsageError>([&] { read_learning_rates(list); }); };
  EXPECT_TRUE(says(refused("1e-5,x"), "--learning-rates", "'x'"));
  EXPECT_TRUE(says(refused("1e-5,0"), "above 0", "'0'"));
  EXPECT_TRUE(says(refused("1e-5,inf"), "'inf'"));
  EXPECT_TRUE(says(refused("1e-5,0.00001"), "1e-05 twice"));
}

TEST(WithEachRate, TrainsInAFolderOfItsOwn) {
  PlannedRun run = FakeKind::plan().runs().front();
  EXPECT_TRUE(with_each_rate(run).empty());
  run.rates = {0.5, 2e-5};
  const auto trainings = with_each_rate(run);
  ASSERT_EQ(trainings.size(), 2u);
  EXPECT_EQ(trainings[1].training.trainer.optimization.schedule.lr, 2e-5);
  EXPECT_EQ(trainings[1].folder, run.folder / "lr-2e-05");
  EXPECT_EQ(trainings[1].training.trainer.checkpoints.save_dir, (run.folder / "lr-2e-05/checkpoints").string());
  EXPECT_TRUE(trainings[1].rates.empty());
}

TEST(BestRate, IsTheFirstOfTheBestValidations) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<TriedRate> rates = {{1, nan}, {2, 0.5}, {3, 0.75}, {4, 0.75}};
  EXPECT_EQ(best_rate(rates, "accuracy"), 2u);
  EXPECT_EQ(best_rate(rates, "loss"), 1u);
  EXPECT_TRUE(says(message_of<Error>([&] { best_rate({{1, nan}}, "accuracy"); }), "accuracy"));
}

TEST(LearningRateTable, HasTheMeanOfTheSeedsAndHowManyChoseARate) {
  FakeComparison fake;
  const auto set = [](RunResult& result, double lr, double a, double b) {
    result.rates = {{0.1, a}, {0.2, b}};
    result.lr = lr;
  };
  set(fake.comparison.groups[0].runs[0].result, 0.2, 3, 2);
  set(fake.comparison.groups[0].runs[1].result, 0.1, 1, 2);
  EXPECT_EQ(csv(learning_rate_table(fake.comparison)),
            "encoding,learning rate,validation loss,sd,chosen\n"
            "sinusoidal,0.1,2.0000,1.4142,1\nsinusoidal,0.2,2.0000,0.0000,1\n");
}

}  // namespace
}  // namespace rotor
