#include "train/options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// What is said of options that have no effect.
std::vector<std::string> ignored(std::vector<const char*> words) {
  OptimizationOptions optimization;
  CommandLine options("rotor-train", "", "");
  optimization.describe(options);
  words.insert(words.begin(), "rotor-train");
  options.parse(static_cast<int>(words.size()), words.data());
  return options.ignored();
}

TEST(OptimizationOptions, NameWhatTheChosenScheduleDoesNotRead) {
  EXPECT_EQ(
      ignored({"--lr-shrink", "0.5", "--power", "2"}),
      (std::vector<std::string>{"--lr-shrink 0.5 has no effect: it is read only with --lr-scheduler fixed or cosine",
                                "--power 2 has no effect: it is read only with --lr-scheduler polynomial_decay"}));
  EXPECT_EQ(ignored({"--lr-shrink", "0.5", "--lr-scheduler", "fixed"}).size(), 0u);
}

TEST(OptimizationOptions, ReadTheTwoBetas) {
  OptimizationOptions options;
  EXPECT_EQ(options.betas(), std::pair(0.9, 0.98));
  options.adam_betas = "(0.8, 0.999)";
  EXPECT_EQ(options.betas(), std::pair(0.8, 0.999));
  for (const char* text : {"0.9", "0.9,1", "0.9,0.98,0.5", "-0.1,0.9", "a,b", ""}) {
    options.adam_betas = text;
    EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "--adam-betas expects two numbers")) << text;
  }
}

TEST(CheckpointOptions, ThatContradictAreRefused) {
  CheckpointOptions options;
  options.check();
  options.best_checkpoint_metric = "bleu";
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "--eval-bleu"));
  options.eval_bleu = true;
  options.resets.meters = true;
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.check(); }), "--restore-file"));
}

TEST(CheckpointOptions, ThatCountValidationsNeedSome) {
  const auto refusal = [](int64_t CheckpointOptions::*counts, int64_t CheckpointOptions::*interval) {
    CheckpointOptions options;
    options.validate_interval = 0;
    if (interval) options.*interval = 5;
    options.*counts = 1;
    return message_of<UsageError>([&] { options.check(); });
  };
  for (const auto counts : {&CheckpointOptions::patience, &CheckpointOptions::keep_best_checkpoints}) {
    EXPECT_TRUE(says(refusal(counts, nullptr), "--patience and --keep-best-checkpoints", "--validate-interval"));
    EXPECT_EQ(refusal(counts, &CheckpointOptions::validate_interval_updates), "(nothing thrown)");
  }
  EXPECT_EQ(refusal(&CheckpointOptions::keep_last_epochs, nullptr), "(nothing thrown)");
}

}  // namespace
}  // namespace rotor
