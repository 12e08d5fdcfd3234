#include "train/run_folder.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "train/best_checkpoints.h"

namespace rotor {
namespace {

TEST(CheckpointFiles, AreSortedByNumberNotByName) {
  const ScratchFolder folder;
  for (const char* name : {"checkpoint_10", "checkpoint_9", "checkpoint_last", "checkpoint_best", "checkpoint_2_900",
                           "checkpoint_1_1000", "checkpoint_x", "acheckpoint_3", "checkpoint_12345678901234567890"}) {
    folder.file(std::string(name) + ".safetensors", "");
  }
  auto names = [&](bool by_update) {
    std::vector<std::string> all;
    for (const auto& path : checkpoint_files(folder.path(), by_update)) all.push_back(path.stem());
    return all;
  };
  EXPECT_EQ(names(false), (std::vector<std::string>{"checkpoint_9", "checkpoint_10"}));
  EXPECT_EQ(names(true), (std::vector<std::string>{"checkpoint_2_900", "checkpoint_1_1000"}));
}

TEST(RunFolder, ClearsWhatAKilledRunLeft) {
  const ScratchFolder folder;
  for (const char* name : {".checkpoint_last.safetensors.7.tmp", ".train.jsonl.7.tmp", ".average.safetensors.7.tmp"}) {
    folder.file(name, "");
  }
  CheckpointOptions options;
  options.save_dir = folder.path();
  const RunFolder run(options);
  EXPECT_FALSE(std::filesystem::exists(folder / ".checkpoint_last.safetensors.7.tmp"));
  EXPECT_FALSE(std::filesystem::exists(folder / ".train.jsonl.7.tmp"));
  EXPECT_TRUE(std::filesystem::exists(folder / ".average.safetensors.7.tmp")) << "another command's";
}

TEST(RunFolder, RemovesNothingWhenItIsTaken) {
  const ScratchFolder folder;
  for (const char* name : {"checkpoint_1", "checkpoint_2", "checkpoint_last"}) {
    folder.file(std::string(name) + ".safetensors", "");
  }
  CheckpointOptions options;
  options.save_dir = folder.path();
  options.keep_last_epochs = 1;
  const RunFolder run(options);
  EXPECT_EQ(checkpoint_files(folder.path(), false).size(), 2) << "the start may still be refused";
}

TEST(RunFolder, KeepsAllCheckpointsWhereNoNumberOfThemIsGiven) {
  const ScratchFolder folder;
  for (const char* name : {"1", "2", "1_10", "2_20", "best_loss_4.5000_10", "best_loss_4.0000_20"}) {
    folder.file("checkpoint_" + std::string(name) + ".safetensors", "");
  }
  CheckpointOptions options;
  options.save_dir = folder.path();
  const auto kept = [&](int64_t number) {
    options.keep_last_epochs = options.keep_interval_updates = options.keep_best_checkpoints = number;
    RunFolder(options).remove_old();
    return checkpoint_files(folder.path(), false).size() + checkpoint_files(folder.path(), true).size() +
           best_checkpoint_files(folder.path(), "loss").size();
  };
  EXPECT_EQ(kept(-1), 6u);
  EXPECT_EQ(kept(0), 6u) << "as fairseq has it";
  EXPECT_EQ(kept(1), 3u);
}

TEST(RunFolder, WithoutSavingIsNotThatOfATraining) {
  const ScratchFolder folder;
  CheckpointOptions options;
  options.save_dir = folder.path();
  options.no_save = true;
  RunFolder{options};
  folder.file("checkpoint_last.safetensors", "");
  EXPECT_TRUE(says(message_of<Error>([&] { RunFolder{options}; }), "holds a training", "--no-save", "--save-dir"));
}

}  // namespace
}  // namespace rotor
