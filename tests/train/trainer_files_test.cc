// What a Trainer leaves in its folder, and when.

#include <csignal>

#include "base/check.h"
#include "base/files.h"
#include "base/signals.h"
#include "format/damage.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, KeepsTheNewestEpochs) {
  options_.checkpoints.keep_last_epochs = 2;
  train("run", 0, 5);
  EXPECT_EQ(files("run"), (std::vector<std::string>{"checkpoint_4.safetensors", "checkpoint_5.safetensors",
                                                    "checkpoint_last.safetensors", "train.jsonl"}));
}

TEST_F(TrainerTest, MakesRoomByWhatIsToBeKeptWhenItResumes) {
  train("run", 0, 3);
  options_.checkpoints.keep_last_epochs = 1;
  train("run", 0, 3);  // which is over
  EXPECT_EQ(files("run"),
            (std::vector<std::string>{"checkpoint_3.safetensors", "checkpoint_last.safetensors", "train.jsonl"}));
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

TEST_F(TrainerTest, RefusesADamagedCorpus) {
  flip_bit(train_.path(), "target");
  train_ = Corpus(train_.path());
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 1); }), "train.safetensors is damaged: tensor 'target'"));
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
  options_.optimization.schedule.lr = 1e38;  // ends it before it saves by itself
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 0, 1); }), "gave a"));
  EXPECT_GT(reports("run").size(), 1u);
  const SafeTensors saved(folder_ / "run" / "checkpoint_last.safetensors");
  EXPECT_EQ(TrainerState::from_json(saved.metadata("trainer"), "checkpoint").updates, 1);
}

/// Trainings that are killed by their validations.
class KilledAtValidation : public TrainerTest {
 protected:
  KilledAtValidation() { validates_ = true; }

  class Killer : public Validator {
   public:
    explicit Killer(std::unique_ptr<Validator> validator) : validator_(std::move(validator)) {}
    Scores operator()(Workers& /*workers*/) const override { fail("killed"); }
    int64_t batches() const override { return validator_->batches(); }
    int64_t skipped() const override { return validator_->skipped(); }
    const Samples& samples() const override { return validator_->samples(); }

   private:
    std::unique_ptr<Validator> validator_;
  };

  std::unique_ptr<Validator> validator_of(const Objective& objective, const BatchOptions& batches) const override {
    std::unique_ptr<Validator> validator = objective.validator(batches);
    if (!kills_) return validator;
    return std::make_unique<Killer>(std::move(validator));
  }

  bool kills_ = true;
};

TEST_F(KilledAtValidation, ARunHasSavedWhatItCameTo) {
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 3); }), "killed"));
  kills_ = false;
  train("whole", 3);
  EXPECT_TRUE(bytes("run", "last") == bytes("whole", "last"));
  train("run", 3, 0, 99);
  EXPECT_EQ(files("run"), files("whole"));
  EXPECT_TRUE(bytes("run", "best") == bytes("whole", "best"));
}

TEST_F(KilledAtValidation, ASignalEndsARunBeforeItsLastValidation) {
  options_.checkpoints.disable_validation = true;
  train("run", 3);
  options_.checkpoints.disable_validation = false;
  catch_signals();
  raise(SIGTERM);
  EXPECT_THROW(train("run", 3), Interrupted);
  catch_signals();
  kills_ = false;
  train("run", 3);
  EXPECT_TRUE(reports("run").back().contains("valid_loss"));
}

TEST_F(TrainerTest, OneProcessAtATimeHasTheFolder) {
  train("run", 1);
  const FolderLock other(folder_ / "run");
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 2); }), "another process"));
}

TEST_F(TrainerTest, RefusesToResumeAnotherModel) {
  train("run", 1);
  model_options_.decoder.layers = 1;
  EXPECT_TRUE(says(message_of<Error>([&] { train("run", 2); }), "decoder_layers 2 and 1"));
}

}  // namespace
}  // namespace rotor
