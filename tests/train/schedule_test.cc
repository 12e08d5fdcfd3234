#include "train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/check.h"
#include "base/json.h"
#include "base/scratch.h"
#include "train/options.h"

namespace rotor {
namespace {

/// The rates of the first epoch.
std::function<double(int64_t)> rates(const OptimizationOptions& options, int64_t width = 512) {
  return [schedule = make_schedule(options.schedule, width, options.max_update)](int64_t updates) {
    return schedule(updates, 1);
  };
}

TEST(Schedule, GivesFairseqsRates) {
  const auto golden = nlohmann::ordered_json::parse(std::ifstream(ROTOR_GOLDEN "/optimization.json"));
  const int64_t epoch_length = golden["updates_an_epoch"];
  for (const auto& expected : golden["schedules"]) {
    OptimizationOptions options;
    Options described;
    options.describe(described);
    described.from_json(expected["options"], "golden");
    options.schedule.lr_scheduler = expected["kind"];
    const Schedule schedule = make_schedule(options.schedule, 512, options.max_update);
    for (int64_t u = 0; u < std::ssize(expected["rates"]); ++u) {
      const double rate = expected["rates"][u];
      EXPECT_NEAR(schedule(u, u / epoch_length + 1), rate, 1e-12 * options.schedule.lr)
          << expected["options"] << " at " << u;
    }
  }
}

TEST(Schedule, InverseSqrtHasFairseqsUsualDefaults) {
  const auto rate = rates({});
  EXPECT_DOUBLE_EQ(rate(0), 1e-7);
  EXPECT_DOUBLE_EQ(rate(4000), 5e-4);
  EXPECT_DOUBLE_EQ(rate(16000), 2.5e-4);
}

TEST(Schedule, NoamFollowsVaswaniEtAlsFormula) {
  OptimizationOptions options;
  options.schedule.lr_scheduler = "noam";
  options.schedule.lr = 2;
  options.schedule.warmup_updates = 4000;
  const auto rate = rates(options);
  for (const int64_t step : {1, 7, 3999, 4000, 4001, 100000}) {
    const double t = static_cast<double>(step);
    const double expected = 2 * std::pow(512, -0.5) * std::min(std::pow(t, -0.5), t * std::pow(4000, -1.5));
    EXPECT_NEAR(rate(step - 1) / expected, 1, 1e-12) << step;
  }
  EXPECT_NEAR(rates(options, 128)(10) / rate(10), 2, 1e-12) << "a quarter of the width";
}

TEST(Schedule, WarmsUpAShareOfAllUpdatesRoundedUp) {
  OptimizationOptions options;
  for (const std::string& name : schedule_names()) {
    options.schedule.lr_scheduler = name;
    options.schedule.warmup_ratio = 0.1;
    const Schedule by_ratio = make_schedule(options.schedule, 512, 95);
    options.schedule.warmup_ratio = -1;
    options.schedule.warmup_updates = 10;
    const Schedule by_updates = make_schedule(options.schedule, 512, 95);
    for (int64_t u = 0; u < 95; ++u) EXPECT_EQ(by_ratio(u, 1), by_updates(u, 1)) << name << " at " << u;
  }
}

TEST(Schedule, PolynomialDecayIsALineWithPower1) {
  OptimizationOptions options;
  options.schedule.lr_scheduler = "polynomial_decay";
  options.schedule.warmup_ratio = 0.06;
  options.max_update = 200;
  const auto rate = rates(options);
  for (int64_t u = 0; u < 200; ++u) {
    const double share = u < 12 ? static_cast<double>(u) / 12 : static_cast<double>(200 - u) / 188;
    EXPECT_NEAR(rate(u), 5e-4 * share, 1e-15) << u;
  }
}

TEST(Schedule, MayEndWithEpochsWhoseUpdatesTheDataSay) {
  OptimizationOptions options;
  options.max_epoch = 3;
  for (const char* name : {"cosine", "polynomial_decay"}) {
    options.schedule.lr_scheduler = name;
    options.check();
    const auto few =
        message_of<UsageError>([&] { make_schedule(options.schedule, 512, options.scheduled_updates(20)); });
    EXPECT_TRUE(says(few, "--max-epoch", "4000", "got 60", "--warmup-ratio")) << few;
    options.schedule.warmup_ratio = 0.5;
    options.check();
    EXPECT_EQ(make_schedule(options.schedule, 512, options.scheduled_updates(20))(30, 2), options.schedule.lr);
    options.schedule.warmup_ratio = -1;
  }
  EXPECT_EQ(options.scheduled_updates(20), 60);
  options.max_update = 70;
  EXPECT_EQ(options.scheduled_updates(20), 70) << "--max-update goes first";
}

TEST(Schedule, RefusesWhatDoesNotFitIt) {
  OptimizationOptions options;
  auto refusal = [&](const char* name) {
    options.schedule.lr_scheduler = name;
    return message_of<Error>([&] { options.check(); });
  };
  EXPECT_TRUE(says(refusal("cosine"), "--lr-period-updates", "--max-update")) << "no end is known";
  EXPECT_TRUE(says(refusal("polynomial_decay"), "--total-num-update", "4000")) << "no end is known";
  EXPECT_TRUE(says(refusal("linear"), "inverse_sqrt, noam, fixed, cosine, polynomial_decay"));
  options.schedule.warmup_ratio = 0.1;
  EXPECT_TRUE(says(refusal("fixed"), "--warmup-ratio 0.1 needs an end of training", "--max-epoch"));
  options.schedule.warmup_ratio = -0.5;
  EXPECT_TRUE(says(refusal("fixed"), "--warmup-ratio expects a number from 0 to below 1", "-0.5"));
  options.schedule.warmup_ratio = 1;
  EXPECT_TRUE(says(refusal("fixed"), "--warmup-ratio expects"));
  options.schedule.warmup_ratio = -1;
  options.schedule.warmup_updates = 0;
  EXPECT_TRUE(says(refusal("inverse_sqrt"), "--warmup-updates above 0"));
  EXPECT_TRUE(says(refusal("noam"), "--warmup-updates above 0"));
  EXPECT_TRUE(says(refusal("fixed"), "(nothing thrown)"));
  options.schedule.lr_period_updates = 10;
  options.schedule.min_lr = 1;
  EXPECT_TRUE(says(refusal("cosine"), "--min-lr of at most"));
}

}  // namespace
}  // namespace rotor
