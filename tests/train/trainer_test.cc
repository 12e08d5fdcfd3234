#include "train/trainer.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "kernel/bfloat16.h"
#include "position/table.h"
#include "threads.h"
#include "train/training.h"
#include "train/training_options.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, AResumedRunEndsWithTheSameBytes) {
  const TrainerState whole = train("whole", 12);
  EXPECT_GT(whole.epoch, 1);
  const TrainerState half = train("halves", 5);
  EXPECT_GT(half.next_batch, 0) << "stopped within an epoch";
  train("halves", 12, 0, 99);
  EXPECT_TRUE(bytes("halves", "last") == bytes("whole", "last"));
  EXPECT_TRUE(bytes("halves", "1") == bytes("whole", "1"));
  const auto a = reports("whole"), b = reports("halves");
  ASSERT_EQ(a.size(), 12u);
  ASSERT_EQ(b.size(), 12u);
  for (size_t i = 0; i < 12; ++i) {
    for (const char* key : {"update", "epoch", "loss", "nll_loss", "ppl", "learning_rate", "grad_norm"}) {
      EXPECT_EQ(a[i][key], b[i][key]) << key << " of report " << i;
    }
  }
}

TEST_F(TrainerTest, ARunThatEndsWithinAnEpochGoesOnAsIfItHadNot) {
  validates_ = true;
  options_.checkpoints.validate_interval_updates = 4;
  options_.checkpoints.save_interval_updates = 2;
  options_.checkpoints.patience = 5;
  options_.optimization.schedule.lr = 5e-2;  // too much: there are validations without gain
  const TrainerState whole = train("whole", 18);
  EXPECT_GT(whole.validations_without_gain, 0);
  for (const int64_t end : {1, 5, 8, 10, 18, 18}) {
    train("parts", end, 0, end == 1 ? 1 : 99);
    EXPECT_EQ(reports("parts").back().contains("valid_loss"), true) << "the end is validated too";
  }
  EXPECT_EQ(files("parts"), files("whole"));
  for (const std::string& file : files("whole")) {
    if (file == "train.jsonl" || file == "checkpoint_best.safetensors") continue;
    EXPECT_TRUE(text_of(folder_ / "parts" / file) == text_of(folder_ / "whole" / file)) << file;
  }
  EXPECT_EQ(reports("parts").size(), reports("whole").size());
}

TEST_F(TrainerTest, BytesAreTheSameForAnyThreadsAndFromRunToRun) {
  validates_ = true;
  train("first", 3);
  train("again", 3);
  EXPECT_TRUE(bytes("first", "last") == bytes("again", "last"));
  for (int count : {1, 2, 3, 8}) {
    const Threads several(count);
    const std::string name = std::to_string(count);
    train(name, 3);
    EXPECT_EQ(several.met(), count);
    EXPECT_TRUE(bytes(name, "last") == bytes("first", "last")) << count << " threads";
  }
  options_.optimization.seed = 2;
  train("other", 3);
  EXPECT_FALSE(bytes("other", "last") == bytes("first", "last")) << "another seed drops others";
}

TEST_F(TrainerTest, RecomputedActivationsGiveTheSameUpdates) {
  train("kept", 6);
  options_.optimization.checkpoint_activations = true;
  train("recomputed", 6);
  expect_same_reports("kept", "recomputed");
}

TEST_F(TrainerTest, AllThatIsRandomOrAveragedResumesExactlyTogether) {
  validates_ = true;
  model_options_.encoder.layerdrop = model_options_.decoder.layerdrop = 0.3;
  model_options_.encoder.word_dropout = model_options_.decoder.word_dropout = 0.2;
  auto& o = options_.optimization;
  o.rdrop_alpha = 3;
  o.ema_decay = 0.9;
  o.weight_decay = 0.01;
  o.schedule.lr_scheduler = "cosine";
  o.schedule.lr_period_updates = 5;
  o.freeze = {"encoder.layers.0.fc1"};
  for (const bool recomputed : {false, true}) {
    o.checkpoint_activations = recomputed;
    const std::string run = recomputed ? "recomputed" : "kept";
    train(run, 12);
    train(run + " parts", 5);
    train(run + " parts", 12, 0, 99);
    EXPECT_TRUE(bytes(run + " parts", "last") == bytes(run, "last")) << run;
  }
  expect_same_reports("kept", "recomputed");
  train_together("two", 2, 1, 12);
  expect_same_reports("kept", "two");
}

TEST_F(TrainerTest, SeveralCorporaResumeExactly) {
  const Corpus other = corpus_of(folder_ / "other.safetensors", random_pairs(25, 7), 30);
  more_ = {{other, 1.5}};
  train("whole", 14);
  EXPECT_GT(reports("whole").back()["epoch"], 1);
  train("parts", 5);
  train("parts", 14, 0, 99);
  EXPECT_TRUE(bytes("parts", "last") == bytes("whole", "last"));
  more_.clear();
  train("one", 14);
  EXPECT_FALSE(bytes("one", "last") == bytes("whole", "last"));
}

TEST_F(TrainerTest, Bfloat16TrainsNearlyAlikeAndResumesExactly) {
  train("float32", 8);
  options_.optimization.bf16 = true;
  train("bfloat16", 8);
  train("halves", 3);
  train("halves", 8, 0, 99);
  set_product_precision(Precision::kFloat32);
  EXPECT_TRUE(bytes("halves", "last") == bytes("bfloat16", "last"));
  EXPECT_FALSE(bytes("float32", "last") == bytes("bfloat16", "last"));
  const double expected = reports("float32").back()["loss"], actual = reports("bfloat16").back()["loss"];
  EXPECT_NEAR(actual / expected, 1, 0.01);
}

TEST_F(TrainerTest, WorkersMakeTheUpdatesOfOneWithAsManyBatches) {
  validates_ = true;
  train_together("one", 1, 4, 12);
  EXPECT_NE(Batches(*make_samples(train_, batches_), batches_).size() % 4, 0)
      << "the last update of an epoch leaves some without a batch";
  EXPECT_GT(reports("one").back()["epoch"], 1);
  train_together("two", 2, 2, 12);
  train_together("four", 4, 1, 12);
  expect_same_reports("one", "two");
  expect_same_reports("one", "four");
  EXPECT_EQ(files("one"), files("four"));
  train_together("three", 3, 1, 12);
  EXPECT_GT(std::abs(reports("three")[0]["loss"].get<double>() - reports("one")[0]["loss"].get<double>()), 1e-4)
      << "three batches are other updates than four";
}

TEST_F(TrainerTest, AnotherNumberOfWorkersContinuesARun) {
  train_together("whole", 1, 4, 12);
  train_together("parts", 4, 1, 5);
  train_together("parts", 2, 2, 9);
  train_together("parts", 1, 4, 12);
  expect_same_reports("whole", "parts");
}

TEST_F(TrainerTest, LearnsAndReportsBits) {
  train("run", 0, 12);
  const auto all = reports("run");
  EXPECT_NEAR(all.front()["loss"], std::log2(30), 2) << "near that of guessing";
  EXPECT_LT(all.back()["loss"], all.front()["loss"].get<double>() - 0.3);
  for (const nlohmann::json& report : all) {
    EXPECT_NEAR(report["ppl"], std::exp2(report["nll_loss"].get<double>()), 1e-9);
    EXPECT_GT(report["memory_mb"], 1);
    EXPECT_TRUE(report.contains("tokens_per_second"));
  }
}

TEST_F(TrainerTest, PatienceStopsWhenNothingGetsBetter) {
  validates_ = true;
  options_.optimization.schedule.lr = options_.optimization.schedule.warmup_init_lr = 1e-30;
  options_.checkpoints.patience = 2;
  const TrainerState state = train("run", 0, 20);
  EXPECT_EQ(state.validations_without_gain, 2);
  EXPECT_EQ(state.epoch, 4) << "the first validation and two without gain";
}

TEST_F(TrainerTest, TheBestCheckpointHasTheLowestValidationLoss) {
  validates_ = true;
  train("run", 0, 4);
  options_.optimization.schedule.lr = 20;  // too much: it gets worse
  train("run", 0, 6);
  double lowest = INFINITY;
  int best = 0;
  for (const nlohmann::json& report : reports("run")) {
    if (!report.contains("valid_loss") || report["valid_loss"] >= lowest) continue;
    lowest = report["valid_loss"];
    best = report["epoch"];
    EXPECT_NEAR(report["valid_ppl"], std::exp2(report["valid_nll_loss"].get<double>()), 1e-9);
  }
  ASSERT_GT(best, 1);
  ASSERT_LE(best, 4);
  EXPECT_TRUE(bytes("run", "best") == bytes("run", std::to_string(best)));
}

TEST_F(TrainerTest, ABetterCheckpointOfAnEarlierEndIsNotOverwritten) {
  validates_ = true;
  train("run", 6);
  const std::string best = bytes("run", "best");
  const double lowest = reports("run").back()["valid_loss"];
  ASSERT_TRUE(reports("run").back().contains("final")) << "which checkpoint_last knows nothing of";
  options_.optimization.schedule.lr = 20;  // too much: it gets worse
  train("run", 0, 1);
  ASSERT_GT(reports("run").back()["valid_loss"], lowest);
  EXPECT_TRUE(bytes("run", "best") == best);
  options_.optimization.schedule.lr = 5e-3;
  std::filesystem::copy(folder_ / "run/checkpoint_best.safetensors", folder_ / "run/checkpoint_last.safetensors",
                        std::filesystem::copy_options::overwrite_existing);
  train("run", 60);
  EXPECT_FALSE(bytes("run", "best") == best) << "but one that is better still is";
}

TEST_F(TrainerTest, TheCheckpointOfARunsEndKnowsItsScore) {
  validates_ = true;
  train("run", 3);
  const auto state = [&](const char* name) {
    const SafeTensors file(folder_ / "run" / (std::string("checkpoint_") + name + ".safetensors"));
    return TrainerState::from_json(file.metadata("trainer"), name);
  };
  EXPECT_EQ(state("best").best.of("loss"), reports("run").back()["valid_loss"]);
  EXPECT_EQ(state("last").best.of("loss"), std::nullopt) << "goes on as if it had not ended";
}

TEST_F(TrainerTest, ReportsNameTheEpochOfTheirLastUpdate) {
  validates_ = true;
  options_.checkpoints.log_interval = 1000;
  const TrainerState state = train("run", 0, 2);
  const auto all = reports("run");
  EXPECT_EQ(all.back()["update"], state.updates);
  for (const auto& report : all) EXPECT_LE(report["epoch"], 2) << report.dump();
}

TEST_F(TrainerTest, OnShorterSamplesKeepsTheTrainedLengthOfItsStart) {
  const auto trained_length = [&](const std::string& run) {
    return read_trained_length(SafeTensors(folder_ / run / "checkpoint_last.safetensors"));
  };
  train("long", 1);
  ASSERT_GT(trained_length("long"), 5);
  batches_.max_source_positions = batches_.max_target_positions = 5;
  train("short", 1);
  EXPECT_LE(trained_length("short"), 5);
  options_.checkpoints.finetune_from_model = folder_ / "long/checkpoint_last.safetensors";
  train("tuned", 1);
  EXPECT_EQ(trained_length("tuned"), trained_length("long"));
}

/// Leaves out of both corpora what is longer than the positions.
TEST_F(TrainerTest, PairsLongerThanAnEncodingServesAreLeftOutOfTrainingAndValidation) {
  validates_ = true;
  options_.checkpoints.eval_bleu = true;
  options_.checkpoints.eval_bleu_args = R"({"beam": 2})";
  give_words();
  model_options_.source_vocabulary = model_options_.target_vocabulary = 40;
  for (const std::string& encoding : position_encoding_names()) {
    model_options_.position.encoding = encoding;
    model_options_.position.max_positions = 8;
    model_options_.position.xpos_scale_base = 0.1;
    const EncoderDecoder model(model_options_);
    TrainingOptions training;
    training.max_source_positions = training.max_target_positions = 9;
    const BatchOptions batches = training.batches_for(model.max_source_positions(), model.max_target_positions());
    EXPECT_LE(batches.max_target_positions, model.max_target_positions());
    EXPECT_LE(batches.max_target_positions, 9);
    batches_.max_source_positions = batches.max_source_positions;
    batches_.max_target_positions = batches.max_target_positions;
    EXPECT_EQ(train(encoding, 3).updates, 3);
    EXPECT_TRUE(reports(encoding).back().contains("valid_bleu")) << encoding;
    EXPECT_EQ(read_trained_length(SafeTensors(folder_ / encoding / "checkpoint_last.safetensors")),
              std::max(batches.max_source_positions, batches.max_target_positions));
  }
}

}  // namespace
}  // namespace rotor
