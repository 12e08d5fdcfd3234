#include "train/start.h"

#include "base/check.h"
#include "format/damage.h"
#include "model/model_file.h"
#include "train/starts.h"

namespace rotor {
namespace {

TEST_F(StartTest, ARunRestoredElsewhereGoesOnAsIfItHadStayed) {
  train("whole", 12);
  train("first", 5);
  checkpoints().restore_file = last("first");
  train("second", 12, 0, 99);
  EXPECT_TRUE(bytes("second", "last") == bytes("whole", "last"));
  EXPECT_EQ(reports("second")[0]["update"], 6);
}

TEST_F(StartTest, EveryResetIsDoneOnceHoweverOftenTheRunIsStopped) {
  train("first", 9);
  checkpoints().restore_file = last("first");
  for (bool Resets::*reset : {&Resets::optimizer, &Resets::lr_scheduler, &Resets::meters, &Resets::dataloader}) {
    checkpoints().resets = {};
    checkpoints().resets.*reset = true;
    train("whole", 14);
    train("parts", 10);
    train("parts", 12, 0, 99);
    train("parts", 14, 0, 98);
    EXPECT_TRUE(bytes("parts", "last") == bytes("whole", "last"));
    for (const char* run : {"whole", "parts"}) std::filesystem::remove_all(folder_ / run);
  }
}

TEST_F(StartTest, ResetsForgetWhatTheySay) {
  validates_ = true;
  const TrainerState first = train("first", 0, 2);
  ASSERT_EQ(first.epoch, 3);
  checkpoints().restore_file = last("first");
  auto started = [&](Resets resets) {
    checkpoints().resets = resets;
    train("run", first.updates + 1);
    const auto report = reports("run")[0];
    const SafeTensors file(last("run"));
    const TrainerState state = TrainerState::from_json(file.metadata("trainer"), "run");
    std::filesystem::remove_all(folder_ / "run");
    return std::pair(report, state);
  };
  const double peak = options_.optimization.schedule.lr;
  const auto [all, state] = started({});
  EXPECT_EQ(all["epoch"], 3);
  EXPECT_EQ(all["update"], first.updates + 1);
  EXPECT_EQ(state.best.of("loss"), first.best.of("loss"));
  EXPECT_LT(all["learning_rate"], peak);

  EXPECT_NEAR(started({.lr_scheduler = true}).first["learning_rate"], options_.optimization.schedule.warmup_init_lr,
              1e-15);
  EXPECT_EQ(started({.lr_scheduler = true}).first["update"], first.updates + 1);
  EXPECT_EQ(started({.dataloader = true}).first["epoch"], 1);
  EXPECT_EQ(started({.dataloader = true}).first["update"], first.updates + 1);
  EXPECT_EQ(started({.meters = true}).second.best.of("loss"), std::nullopt);
  const auto optimizer = started({.optimizer = true});
  EXPECT_EQ(optimizer.first["update"], 1);
  EXPECT_EQ(optimizer.first["epoch"], 3);
  EXPECT_NEAR(optimizer.first["learning_rate"], options_.optimization.schedule.warmup_init_lr, 1e-15);
}

TEST_F(StartTest, FineTuningTakesTheParametersAndAnotherDropout) {
  train("first", 5);
  checkpoints().finetune_from_model = last("first");
  model_options_.dropout = 0.3;
  options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
  const TrainerState state = train("second", 3, 0, 99);
  EXPECT_EQ(state.updates, 3);
  EXPECT_EQ(reports("second")[0]["epoch"], 1);
  EXPECT_EQ(same_in("first", "second").size(), parameters("first").size());
}

/// Fine-tuning with other positions, or none (DroPE): what fits is taken, and the rest is named.
TEST_F(StartTest, FineTuningMayChangeThePositions) {
  const auto tuned = [&](const std::string& run, const std::string& encoding, int64_t buckets) {
    model_options_.position.encoding = encoding;
    model_options_.position.t5_buckets = buckets;
    testing::internal::CaptureStdout();  // where the log goes in tests
    train(run, 1, 0, 99);
    return testing::internal::GetCapturedStdout();
  };
  tuned("first", "t5", 8);
  options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
  checkpoints().finetune_from_model = last("first");
  EXPECT_TRUE(says(tuned("none", "none", 8), "(position_encoding \"t5\" and \"none\")", "of positions none start anew",
                   "and decoder.position.bias, encoder.position.bias are left out"));
  EXPECT_EQ(same_in("none", "first").size(), parameters("none").size());
  EXPECT_TRUE(says(tuned("more", "t5", 16), "(t5_buckets 8 and 16)",
                   "encoder.position.bias, decoder.position.bias start anew", "and none are left out"));
  model_options_.position.encoding = "none";  // whose parameters both have
  EXPECT_EQ(same_in("none", "more").size(), parameters("none").size());
  EXPECT_EQ(tuned("same", "t5", 8).find("other positions"), std::string::npos);
  EXPECT_EQ(same_in("same", "first").size(), parameters("first").size());
}

TEST_F(StartTest, ARunGoesOnFromTheWeightsAndFineTuningFromTheirAverages) {
  options_.optimization.ema_decay = 0.9;
  train("first", 6);
  checkpoints().finetune_from_model = last("first");
  options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
  train("tuned", 2, 0, 99);
  EXPECT_EQ(same_in("first", "tuned").size(), parameters("first").size());
  checkpoints().finetune_from_model.clear();
  checkpoints().restore_file = last("first");
  options_.optimization.ema_decay = 0;
  EXPECT_TRUE(says(message_of<Error>([&] { train("restored", 7); }), "averages", "--ema-decay"));
}

TEST_F(StartTest, RefusesAveragesThatLackWeightsWhichWereFrozen) {
  options_.optimization.ema_decay = 0.9;
  options_.optimization.freeze = {"embed_tokens"};  // the first parameter among them
  train("first", 2);
  options_.optimization.freeze = {};
  checkpoints().restore_file = last("first");
  checkpoints().resets.optimizer = true;
  EXPECT_TRUE(says(message_of<Error>([&] { train("second", 3); }), "none of encoder.embed_tokens.weight", "--freeze"));
}

TEST_F(StartTest, RefusesModelsThatAreOthers) {
  train("first", 2);
  checkpoints().finetune_from_model = last("first");
  model_options_.activation_fn = "gelu";
  EXPECT_TRUE(says(message_of<Error>([&] { train("second", 3); }), "\"relu\" and \"gelu\""));
  model_options_.activation_fn = "relu";
  checkpoints().finetune_from_model.clear();
  checkpoints().restore_file = last("first");
  model_options_.position.encoding = "sinusoidal";
  EXPECT_TRUE(says(message_of<Error>([&] { train("second", 3); }), "\"rope\" and \"sinusoidal\""));
  model_options_.position.encoding = "rope";
  vocabulary_ = {"other", "other"};
  EXPECT_TRUE(says(message_of<Error>([&] { train("second", 3); }), "another vocabulary"));
}

TEST_F(StartTest, ADamagedCheckpointIsNeitherResumedNorStartedFrom) {
  const std::string moments = "optimizer.first_moment.decoder.layers.0.fc1.bias", weights = "decoder.layers.0.fc1.bias";
  train("first", 2);
  std::filesystem::copy(folder_ / "first", folder_ / "other");
  flip_bit(last("first"), moments);
  const auto refusal = [&](const std::string& run) { return message_of<Error>([&] { train(run, 4); }); };
  EXPECT_TRUE(says(refusal("first"), "is damaged: tensor '" + moments, "no other checkpoint", "start anew"));
  checkpoints().restore_file = last("first");
  EXPECT_TRUE(says(refusal("second"), "is damaged: tensor '" + moments));
  checkpoints().restore_file.clear();
  checkpoints().finetune_from_model = last("first");
  train("second", 4);  // takes no moments
  flip_bit(last("other"), weights);
  checkpoints().finetune_from_model = last("other");
  EXPECT_TRUE(says(refusal("third"), "is damaged: tensor '" + weights));
  checkpoints().no_verify = true;
  train("third", 4);
  train("first", 4);
}

TEST_F(StartTest, SaysWhichCheckpointToGoOnFromWhenTheLastOneIsDamagedAndGoesOnFromItExactly) {
  train("whole", 0, 3);
  train("run", 0, 2);
  for (const bool truncated : {false, true}) {
    if (truncated) {
      const std::string whole = bytes("run", "2");
      std::filesystem::remove(last("run"));
      folder_.file("run/checkpoint_last.safetensors", whole.substr(0, whole.size() / 2));
    } else {
      flip_bit(last("run"), "decoder.layers.0.fc1.bias");
    }
    EXPECT_TRUE(
        says(message_of<Error>([&] { train("run", 0, 3); }), "checkpoint_last.safetensors is ",
             truncated ? "truncated" : "damaged: tensor 'decoder.layers.0.fc1.bias'",
             "remove the damaged one and give --restore-file " + (folder_ / "run/checkpoint_2.safetensors").string()));
  }
  flip_bit(folder_ / "run/checkpoint_2.safetensors", "decoder.layers.0.fc1.bias");
  const std::string first = folder_ / "run/checkpoint_1.safetensors";
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 3); }), "--restore-file " + first));
  std::filesystem::remove(last("run"));
  checkpoints().restore_file = first;
  train("run", 0, 3, 99);
  EXPECT_TRUE(bytes("run", "last") == bytes("whole", "last"));
  EXPECT_EQ(reports("run").back()["update"], reports("whole").back()["update"]);
}

TEST_F(StartTest, TakesItsOwnBestWhenItStartsAnew) {
  validates_ = true;
  train("run", 0, 8);
  const auto best = [&] {
    return TrainerState::from_json(SafeTensors(folder_ / "run/checkpoint_best.safetensors").metadata("trainer"),
                                   "best");
  };
  const int64_t before = best().updates;
  std::filesystem::remove(last("run"));
  options_.checkpoints.validate_interval = 2;
  train("run", 0, 1);  // stops before there is a best
  train("run", 0, 2);
  EXPECT_LT(best().updates, before) << "the best of the earlier training, which was trained for longer, stays";
}

TEST_F(StartTest, AScheduleThatBeginsAgainEndsWithTheTraining) {
  train("first", 5);
  checkpoints().restore_file = last("first");
  checkpoints().resets.lr_scheduler = true;
  options_.optimization.schedule.lr_scheduler = "polynomial_decay";
  options_.optimization.schedule.warmup_updates = 0;
  train("second", 9);
  ASSERT_EQ(reports("second").size(), 4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(reports("second")[i]["learning_rate"], options_.optimization.schedule.lr * (4 - i) / 4, 1e-12) << i;
  }
}

TEST_F(StartTest, SaysThatThereIsNothingToTrainAndWhy) {
  train("first", 0, 2);
  checkpoints().restore_file = last("first");
  testing::internal::CaptureStdout();  // where the log goes in tests
  train("second", 0, 2);
  EXPECT_TRUE(says(testing::internal::GetCapturedStdout(), "nothing to train: --max-epoch 2 is reached", "done after"));
  options_.optimization.stop_min_lr = 1e-9;  // above the first rate of a warm-up
  options_.optimization.schedule.warmup_init_lr = 0;
  checkpoints().resets.lr_scheduler = true;
  EXPECT_EQ(train("third", 0, 3).epoch, 4);
}

TEST_F(StartTest, RefusesContradictingStarts) {
  checkpoints().resets.meters = true;
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "--reset-meters", "--restore-file"));
  checkpoints().restore_file = checkpoints().finetune_from_model = "somewhere";
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "two starts"));
}

}  // namespace
}  // namespace rotor
