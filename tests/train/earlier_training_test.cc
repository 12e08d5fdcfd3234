#include "train/earlier_training.h"

#include "base/check.h"
#include "base/files.h"
#include "train/training.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

/// Trainings in the folder of an earlier one, whose checkpoint_last is gone.
class EarlierTraining : public TrainerTest {
 protected:
  using Names = std::vector<std::string>;

  EarlierTraining() {
    options_.checkpoints.keep_last_epochs = 2;
    train("run", 0, 3);
    write_atomically(folder_ / "run/config.ini", [](std::ostream& out) { out << "beam = 5\n"; });
    fs::remove(folder_ / "run/checkpoint_last.safetensors");
  }

  std::string checkpoint(const std::string& name) const {
    return folder_ / ("run/checkpoint_" + name + ".safetensors");
  }
};

TEST_F(EarlierTraining, MovesAsideWhereAnotherBeginsAnew) {
  const std::string third = bytes("run", "3");
  testing::internal::CaptureStdout();  // where the log goes in tests
  train("run", 0, 1, 99);
  EXPECT_TRUE(says(testing::internal::GetCapturedStdout(), "2 checkpoints of an earlier training were moved to",
                   (folder_ / "run/earlier-1").string(), "--restore-file"));
  EXPECT_EQ(files("run/earlier-1"),
            (Names{"checkpoint_2.safetensors", "checkpoint_3.safetensors", "config.ini", "train.jsonl"}));
  EXPECT_EQ(checkpoint_files(folder_ / "run", false), std::vector<fs::path>{checkpoint("1")});
  EXPECT_TRUE(bytes("run/earlier-1", "3") == third);
  fs::remove(checkpoint("last"));
  train("run", 0, 1);
  EXPECT_EQ(files("run/earlier-2"), (Names{"checkpoint_1.safetensors", "train.jsonl"}));
}

TEST_F(EarlierTraining, MovesAsideWhatIsLaterThanWhereOneGoesOn) {
  train("whole", 0, 4);
  options_.checkpoints.restore_file = checkpoint("2");
  train("run", 0, 4, 99);
  EXPECT_EQ(files("run/earlier-1"), (Names{"checkpoint_3.safetensors"}));
  EXPECT_TRUE(bytes("run", "last") == bytes("whole", "last"));
  EXPECT_EQ(reports("run").size(), reports("whole").size()) << "those of the first epochs stay";
  EXPECT_TRUE(fs::exists(folder_ / "run/config.ini"));
}

TEST_F(EarlierTraining, MovesAsideWhereOneComesFromElsewhere) {
  train("other", 0, 4);
  options_.checkpoints.restore_file = folder_ / "other/checkpoint_4.safetensors";
  train("run", 0, 5);
  EXPECT_EQ(files("run/earlier-1"),
            (Names{"checkpoint_2.safetensors", "checkpoint_3.safetensors", "config.ini", "train.jsonl"}));
  EXPECT_EQ(reports("run").front()["epoch"], 5) << "those of the other training do not go before its own";
}

TEST_F(EarlierTraining, IsNoStartForAnotherInItsFolder) {
  options_.checkpoints.finetune_from_model = checkpoint("3");
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 1); }), "--finetune-from-model", checkpoint("3"),
                   "another --save-dir"));
  EXPECT_EQ(files("run"), (Names{"checkpoint_2.safetensors", "checkpoint_3.safetensors", "config.ini", "train.jsonl"}));
  fs::rename(checkpoint("3"), folder_ / "run/start.safetensors");  // which no checkpoint replaces
  options_.checkpoints.finetune_from_model = folder_ / "run/start.safetensors";
  train("other", 0, 1);
  train("run", 0, 1, 99);
  EXPECT_TRUE(bytes("run", "last") == bytes("other", "last"));
  EXPECT_TRUE(fs::exists(folder_ / "run/start.safetensors"));
}

TEST_F(EarlierTraining, StaysWhereAStartIsRefused) {
  options_.checkpoints.restore_file = folder_ / "none.safetensors";
  options_.checkpoints.keep_last_epochs = 1;
  EXPECT_THROW(train("run", 0, 4), Error);
  EXPECT_EQ(checkpoint_files(folder_ / "run", false).size(), 2);
  EXPECT_FALSE(fs::exists(folder_ / "run/earlier-1"));
}

}  // namespace
}  // namespace rotor
