#include "train/options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "train/training_options.h"

namespace rotor {
namespace {

/// What is said of options that have no effect.
std::vector<std::string> ignored(std::vector<const char*> words, bool has_validation_pairs = true) {
  TrainingOptions training;
  CommandLine options("rotor-train", "", "");
  training.describe(options);
  words.insert(words.begin(), "rotor-train");
  options.read(static_cast<int>(words.size()), words.data());
  training.apply(options);
  training.trainer.checkpoints.has_validation_pairs = has_validation_pairs;
  return options.ignored();
}

TEST(OptimizationOptions, NameWhatTheChosenScheduleDoesNotRead) {
  EXPECT_EQ(
      ignored({"--lr-shrink", "0.5", "--power", "2"}),
      (std::vector<std::string>{"--lr-shrink 0.5 has no effect: it is read only with --lr-scheduler fixed or cosine",
                                "--power 2 has no effect: it is read only with --lr-scheduler polynomial_decay"}));
  EXPECT_EQ(ignored({"--lr-shrink", "0.5", "--lr-scheduler", "fixed"}).size(), 0u);
}

TEST(TrainingOptions, NameWhatHasNoEffectWithoutWhatItNeeds) {
  const std::pair<std::vector<const char*>, const char*> without_effect[] = {
      {{"--ema-start-update", "3"}, "only with --ema-decay"},
      {{"--dropout", "0", "--rdrop-alpha", "1"}, "only with a dropout above 0"},
      {{"--patience", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--validate-interval-updates", "3", "--disable-validation"}, "only without --disable-validation"},
      {{"--eval-bleu-args", "{}"}, "only with --eval-bleu"},
      {{"--save-interval", "2", "--no-save"}, "only without --no-save"},
      {{"--keep-interval-updates", "2"}, "only with --save-interval-updates"},
      {{"--share-decoder-input-output-embed"}, "only with --no-share-all-embeddings"},
  };
  for (const auto& [words, when] : without_effect) {
    const auto sentences = ignored(words);
    const bool flag = words.size() == 1;  // a flag that is on anyway asks for nothing
    EXPECT_EQ(sentences.size(), flag ? 0u : 1u) << when;
    if (!flag) EXPECT_TRUE(says(sentences[0], when));
  }
  EXPECT_EQ(ignored({"--patience", "3", "--eval-bleu"}).size(), 0u);
  EXPECT_TRUE(says(ignored({"--patience", "3"}, false).at(0), "only where the corpus has validation pairs"));
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

}  // namespace
}  // namespace rotor
