// What a Trainer does about a loss or gradient that is no number.

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, ALossThatIsNoNumberIsAnErrorAndTheOldCheckpointStays) {
  train("run", 0, 1);
  const std::string before = bytes("run", "last");
  options_.optimization.schedule.lr = 1e38;
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
  const int64_t updates_an_epoch = (Batches(*make_samples(train_, batches_), batches_).size() + 1) / 2;
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

}  // namespace
}  // namespace rotor
