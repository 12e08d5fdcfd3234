#include "train/trainer.h"

#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/scratch.h"
#include "base/signals.h"
#include "data/corpora.h"
#include "model/tiny_model.h"
#include "tensor/bfloat16.h"
#include "text/train_vocabulary.h"
#include "threads.h"
#include "train/team.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

std::vector<std::pair<Ids, Ids>> random_pairs(int64_t count, uint64_t seed) {
  Random random(seed);
  auto sentence = [&] {
    Ids ids;
    for (uint64_t i = 0, length = 2 + random.below(8); i < length; ++i)
      ids.push_back(static_cast<int32_t>(4 + random.below(26)));
    return ids;
  };
  std::vector<std::pair<Ids, Ids>> pairs;
  for (int64_t i = 0; i < count; ++i) pairs.push_back({sentence(), sentence()});
  return pairs;
}

/// A small corpus and the options of a run on it: dropout everywhere, two batches an update.
class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    options_.optimization.lr = 5e-3;
    options_.optimization.warmup_updates = 4;
    options_.optimization.update_freq = 2;
    options_.optimization.clip_norm = 1;
    options_.checkpoints.log_interval = 1;
    model_options_.dropout = model_options_.attention_dropout = model_options_.activation_dropout = 0.1;
    model_options_.position.encoding = "rope";
    batches_.max_tokens = 48;
    batches_.required_batch_size_multiple = 1;
  }

  /// Trains in the folder until `max_update` or `max_epoch`; 0 sets no limit. Parameters start from `seed`.
  TrainerState train(const std::string& name, int64_t max_update, int64_t max_epoch = 0, uint64_t seed = 1,
                     Workers& workers = alone()) {
    TrainerOptions options = options_;
    options.optimization.max_update = max_update;
    options.optimization.max_epoch = max_epoch;
    options.checkpoints.save_dir = folder_ / name;
    std::filesystem::create_directories(folder_ / name);
    Transformer model(model_options_);
    model.initialise(seed);
    if (bad_word_) spoil(model);
    Trainer trainer(options, model, vocabulary_, train_, validates_ ? &valid_ : nullptr, batches_, workers);
    trainer.run();
    return trainer.state();
  }

  /// Makes the source's last word one whose embedding is no number, in one training pair.
  void add_bad_word() {
    model_options_.share_all_embeddings = false;
    bad_word_ = true;
    auto pairs = random_pairs(60, 1);
    for (auto& [source, target] : pairs) std::replace(source.begin(), source.end(), kBadWord, kBadWord - 1);
    pairs[17].first.back() = kBadWord;
    train_ = corpus_of(folder_ / "bad.safetensors", pairs, 30);
    std::string words;
    for (char letter = 'a'; letter <= 'z'; ++letter) words += std::string(3, letter) + ' ';
    const std::string bytes = train_vocabulary({folder_.file("words", words)}, {.size = 40});
    vocabulary_ = {bytes, bytes};
  }

  static void spoil(const Transformer& model) {
    for (const auto& [name, variable, initialiser] : model.parameters()) {
      if (name == "encoder.embed_tokens.weight") variable.value().narrow(0, kBadWord, 1).fill(NAN);
    }
  }

  /// Trains with so many workers, which begin with other parameters each, and batches for each an update.
  void train_together(const std::string& name, int workers, int64_t update_freq, int64_t max_update) {
    options_.optimization.update_freq = update_freq;
    Team::run(workers, [&](Workers& worker) {
      const TrainerState state = train(name, max_update, 0, 1 + worker.rank(), worker);
      EXPECT_EQ(state.updates, max_update);
    });
  }

  /// Expects the reports of two runs to be the same but for rounding, speed and memory.
  void expect_same_reports(const std::string& run, const std::string& other) const {
    const auto a = reports(run), b = reports(other);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(a[i].size(), b[i].size());
      for (const auto& [key, value] : a[i].items()) {
        if (key == "seconds" || key == "tokens_per_second" || key == "memory_mb") continue;
        EXPECT_NEAR(value, b[i][key], 2e-5 * value.get<double>()) << key << " of report " << i << " of " << other;
      }
    }
  }

  std::string bytes(const std::string& run, const std::string& checkpoint) const {
    return text_of(folder_ / run / ("checkpoint_" + checkpoint + ".safetensors"));
  }

  std::vector<std::string> files(const std::string& run) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / run))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::vector<Json> reports(const std::string& run) const {
    std::vector<Json> all;
    std::istringstream lines(text_of(folder_ / run / "train.jsonl"));
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }

  ScratchFolder folder_;
  Corpus train_ = corpus_of(folder_ / "train.safetensors", random_pairs(60, 1), 30);
  Corpus valid_ = corpus_of(folder_ / "valid.safetensors", random_pairs(12, 2), 30);
  bool validates_ = false;
  TrainerOptions options_;
  TransformerOptions model_options_ = tiny_options();
  BatchOptions batches_;
  VocabularyBytes vocabulary_{"words", "words"};
  static constexpr int32_t kBadWord = 29;
  bool bad_word_ = false;
};

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
  options_.optimization.lr = 5e-2;  // too much: there are validations without gain
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
  for (int count : {1, 2, 8}) {
    const Threads threads(count);
    const std::string name = std::to_string(count);
    train(name, 3);
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

TEST_F(TrainerTest, Bfloat16TrainsNearlyAlikeAndResumesExactly) {
  if (!has_bfloat16()) GTEST_SKIP() << "this CPU multiplies no bfloat16";
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
  EXPECT_NE(Batches(train_, batches_).size() % 4, 0) << "the last update of an epoch leaves some without a batch";
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
  for (const Json& report : all) {
    EXPECT_NEAR(report["ppl"], std::exp2(report["nll_loss"].get<double>()), 1e-9);
    EXPECT_GT(report["memory_mb"], 1);
    EXPECT_TRUE(report.contains("tokens_per_second"));
  }
}

TEST_F(TrainerTest, KeepsTheNewestEpochs) {
  options_.checkpoints.keep_last_epochs = 2;
  train("run", 0, 5);
  EXPECT_EQ(files("run"), (std::vector<std::string>{"checkpoint_4.safetensors", "checkpoint_5.safetensors",
                                                    "checkpoint_last.safetensors", "train.jsonl"}));
}

TEST_F(TrainerTest, SavesByUpdatesUnderEpochAndUpdate) {
  options_.checkpoints.save_interval_updates = 3;
  options_.checkpoints.keep_interval_updates = 1;
  options_.checkpoints.no_epoch_checkpoints = true;
  train("run", 7);
  EXPECT_EQ(files("run"),
            (std::vector<std::string>{"checkpoint_1_6.safetensors", "checkpoint_last.safetensors", "train.jsonl"}));
}

TEST_F(TrainerTest, NoSaveWritesReportsOnly) {
  options_.checkpoints.no_save = true;
  train("run", 3);
  EXPECT_EQ(files("run"), (std::vector<std::string>{"train.jsonl"}));
  EXPECT_EQ(reports("run").size(), 3u);
}

TEST_F(TrainerTest, PatienceStopsWhenNothingGetsBetter) {
  validates_ = true;
  options_.optimization.lr = options_.optimization.warmup_init_lr = 1e-30;
  options_.checkpoints.patience = 2;
  const TrainerState state = train("run", 0, 20);
  EXPECT_EQ(state.validations_without_gain, 2);
  EXPECT_EQ(state.epoch, 4) << "the first validation and two without gain";
}

TEST_F(TrainerTest, TheBestCheckpointHasTheLowestValidationLoss) {
  validates_ = true;
  train("run", 0, 4);
  options_.optimization.lr = 20;  // too much: it gets worse
  train("run", 0, 6);
  double lowest = INFINITY;
  int best = 0;
  for (const Json& report : reports("run")) {
    if (!report.contains("valid_loss") || report["valid_loss"] >= lowest) continue;
    lowest = report["valid_loss"];
    best = report["epoch"];
    EXPECT_NEAR(report["valid_ppl"], std::exp2(report["valid_nll_loss"].get<double>()), 1e-9);
  }
  ASSERT_GT(best, 1);
  ASSERT_LE(best, 4);
  EXPECT_TRUE(bytes("run", "best") == bytes("run", std::to_string(best)));
}

TEST_F(TrainerTest, ALossThatIsNoNumberIsAnErrorAndTheOldCheckpointStays) {
  train("run", 0, 1);
  const std::string before = bytes("run", "last");
  options_.optimization.lr = 1e38;
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 9); }), "--lr", "--clip-norm"));
  EXPECT_TRUE(bytes("run", "last") == before);
}

TEST_F(TrainerTest, StopsAtALossThatIsNoNumberAndSavesItsPairs) {
  add_bad_word();
  const std::string message = message_of<Error>([&] { train("run", 0, 2); });
  const auto names = files("run");
  ASSERT_EQ(names.size(), 2u) << "no checkpoint";
  ASSERT_TRUE(says(names[0], "bad_update_epoch_1_batch_"));
  EXPECT_TRUE(says(message, "epoch 1", "a loss of nan", names[0], "--lr", "--max-bad-updates"));
  EXPECT_TRUE(says("\n" + text_of(folder_ / "run" / names[0]), "\n18\t"));
}

TEST_F(TrainerTest, LeavesOutBadUpdatesUpToALimitThatResumingKeeps) {
  add_bad_word();
  options_.optimization.max_bad_updates = 2;
  options_.checkpoints.no_epoch_checkpoints = true;
  const TrainerState state = train("run", 0, 1);
  EXPECT_EQ(state.bad_updates, 1);
  EXPECT_EQ(state.epoch, 2);
  const int64_t updates_an_epoch = (Batches(train_, batches_).size() + 1) / 2;
  EXPECT_EQ(state.updates, updates_an_epoch - 1) << "what is left out is no update";
  EXPECT_TRUE(std::isfinite(reports("run").back()["loss"].get<double>()));
  EXPECT_EQ(train("run", 0, 2).bad_updates, 2);
  const std::string before = bytes("run", "last");
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 3); }), "epoch 3"));
  EXPECT_TRUE(bytes("run", "last") == before);
}

TEST_F(TrainerTest, WorkersLeaveOutTheSameUpdates) {
  add_bad_word();
  options_.optimization.max_bad_updates = 5;
  train_together("one", 1, 4, 12);
  train_together("two", 2, 2, 12);
  expect_same_reports("one", "two");
  auto names = files("one");
  EXPECT_EQ(names, files("two"));
  ASSERT_TRUE(says(names[0], "bad_update"));
  EXPECT_EQ(text_of(folder_ / "one" / names[0]), text_of(folder_ / "two" / names[0]));
}

TEST_F(TrainerTest, ACheckpointThatCannotBeWrittenStopsTrainingOrDoesNot) {
  std::filesystem::create_directories(folder_ / "run" / "checkpoint_2.safetensors");  // in its way
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 3); }), "checkpoint_2.safetensors"));
  train("first", 0, 1);
  EXPECT_TRUE(bytes("run", "last") == bytes("first", "last")) << "that of the first epoch stays";
  options_.checkpoints.on_save_failure = "continue";
  EXPECT_EQ(train("run", 0, 3).epoch, 4);
  train("whole", 0, 3);
  EXPECT_TRUE(bytes("run", "last") == bytes("whole", "last"));
  std::filesystem::create_directories(folder_ / "run" / "checkpoint_4.safetensors");
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 4); }), "checkpoint_4.safetensors"))
      << "the last of a run must not fail";
}

TEST_F(TrainerTest, ARequestToSaveSavesAndGoesOn) {
  catch_signals();
  raise(SIGUSR1);
  options_.optimization.lr = 1e38;  // ends it before it saves by itself
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 1); }), "gave a"));
  EXPECT_GT(reports("run").size(), 1u);
  const SafeTensors saved(folder_ / "run" / "checkpoint_last.safetensors");
  EXPECT_EQ(TrainerState::from_json(saved.metadata("trainer"), "checkpoint").updates, 1);
}

TEST_F(TrainerTest, OneProcessAtATimeHasTheFolder) {
  train("run", 1);
  const FolderLock other(folder_ / "run");
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 2); }), "another process"));
}

TEST_F(TrainerTest, RefusesToResumeAnotherModel) {
  train("run", 1);
  model_options_.decoder_layers = 1;
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 2); }), "decoder_layers 2 and 1"));
}

}  // namespace
}  // namespace rotor
