#include "train/update_log.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"

namespace rotor {
namespace {

/// An update of half a second on so many targets, with a loss of so many bits for each.
UpdateResult update_of(double bits, int64_t targets) {
  const double nats = bits * static_cast<double>(targets) * std::numbers::ln2;
  return {.sums = {.loss = nats, .nll = nats / 2, .targets = targets, .tokens = 2 * targets}, .seconds = 0.5};
}

TEST(UpdateLog, ReportsTheTargetsAndUpdatesSinceTheLastReport) {
  UpdateLog log;
  EXPECT_TRUE(log.empty());
  UpdateResult first = update_of(4, 10), second = update_of(1, 30);
  first.gradient_norm = 3;
  first.clipped = true;
  second.gradient_norm = 2;
  second.learning_rate = 0.1;
  log.add(first, {.updates = 1});
  log.add(second, {.updates = 2, .epoch = 2});
  EXPECT_EQ(log.last().gradient_norm, 2);
  auto report = log.take();
  EXPECT_EQ(report["update"], 2);
  EXPECT_EQ(report["epoch"], 2);
  EXPECT_NEAR(report["loss"], 1.75, 1e-9) << "the mean over targets, not over updates";
  EXPECT_NEAR(report["nll_loss"], 0.875, 1e-9);
  EXPECT_NEAR(report["ppl"], std::exp2(0.875), 1e-9);
  EXPECT_EQ(report["learning_rate"], 0.1);
  EXPECT_EQ(report["grad_norm"], 2);
  EXPECT_EQ(report["grad_norm_max"], 3);
  EXPECT_EQ(report["clip"], 50);
  EXPECT_EQ(report["seconds"], 1);
  EXPECT_EQ(report["tokens_per_second"], 80);
  EXPECT_FALSE(report.contains("loss_jumps"));
  EXPECT_TRUE(log.empty());
  log.add(update_of(2, 5), {.updates = 3, .epoch = 2});
  report = log.take();
  EXPECT_NEAR(report["loss"], 2, 1e-9);
  EXPECT_EQ(report["grad_norm_max"], 0);
  EXPECT_EQ(report["clip"], 0);
}

TEST(UpdateLog, NamesTheUpdatesWhoseLossJumped) {
  UpdateLog log;
  for (int64_t update = 1; update <= 70; ++update) {
    log.add(update_of(update == 61 ? 9 : 4, 10), {.updates = update});
  }
  EXPECT_EQ(log.take()["loss_jumps"], std::vector{61});
  log.add(update_of(4, 10), {.updates = 71});
  EXPECT_FALSE(log.take().contains("loss_jumps"));
}

TEST(UpdateLog, OfLossesThatAreNoLikelihoodsHasNoPerplexity) {
  UpdateLog log;
  UpdateResult update = update_of(4, 10);
  update.sums.loss = 25;
  update.sums.unit = 1;
  log.add(update, {.updates = 1});
  const auto report = log.take();
  EXPECT_EQ(report["loss"], 2.5);
  EXPECT_FALSE(report.contains("ppl"));
}

TEST(UpdateLog, SummarisesForTheProgressBar) {
  UpdateLog log;
  EXPECT_EQ(log.summary(), "loss 0.000, 0 tokens/s");
  log.add(update_of(4, 10), {.updates = 1});
  log.add(update_of(1, 30), {.updates = 2});
  EXPECT_EQ(log.summary(), "loss 1.750, 80 tokens/s");
}

}  // namespace
}  // namespace rotor
