#include "train/training_end.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

constexpr EpochSize kEpoch{.batches = 10, .batches_an_update = 4};

TEST(EpochSize, CountsTheUpdatesOfAnEpochAndOfItsRest) {
  EXPECT_EQ(kEpoch.updates(), 3);
  EXPECT_EQ(kEpoch.updates(4), 2);
  EXPECT_EQ(kEpoch.updates(5), 2);
  EXPECT_EQ(kEpoch.updates(10), 0);
  EXPECT_EQ(kEpoch.updates(11), 0) << "a place in a larger corpus";
}

/// The state of a training whose epochs count from a place.
TrainerState counting_from(int64_t updates, int64_t epoch, int64_t batch) {
  TrainerState state;
  state.updates = state.begin_updates = updates;
  state.epoch = state.begin_epoch = epoch;
  state.next_batch = state.begin_batch = batch;
  return state;
}

TEST(TrainingEnd, IsThatOfTheEpochsFromWhereTheyCount) {
  OptimizationOptions options;
  EXPECT_EQ(end_by_epochs(options, {}, kEpoch), 0) << "no limit";
  options.max_epoch = 3;
  EXPECT_EQ(end_by_epochs(options, {}, kEpoch), 9);
  EXPECT_EQ(end_by_epochs(options, counting_from(100, 2, 4), kEpoch), 100 + 2 + 3);
  EXPECT_EQ(end_by_epochs(options, counting_from(100, 1, 0), kEpoch), 100 + 9);
  EXPECT_EQ(end_by_epochs(options, counting_from(100, 4, 0), kEpoch), 100) << "they are over";
}

TEST(TrainingEnd, IsTheFirstOfTheLimits) {
  OptimizationOptions options;
  EXPECT_EQ(last_update(options, {}, kEpoch), 0) << "no limit";
  options.max_update = 8;
  EXPECT_EQ(last_update(options, {}, kEpoch), 8);
  options.max_epoch = 3;
  EXPECT_EQ(last_update(options, {}, kEpoch), 8);
  options.max_update = 10;
  EXPECT_EQ(last_update(options, {}, kEpoch), 9);
  options.max_update = 0;
  EXPECT_EQ(last_update(options, {}, kEpoch), 9);
}

TEST(TrainingEnd, IsThatOfTheScheduleFromItsOwnBeginning) {
  OptimizationOptions options;
  options.max_epoch = 3;
  TrainerState state = counting_from(100, 2, 4);
  EXPECT_EQ(scheduled_updates(options, state, kEpoch), 105) << "it goes on";
  state.schedule_begin = 100;
  EXPECT_EQ(scheduled_updates(options, state, kEpoch), 5) << "it begins there";
  options.max_update = 120;
  EXPECT_EQ(scheduled_updates(options, state, kEpoch), 20) << "--max-update goes first";
  options.max_update = 90;
  EXPECT_EQ(scheduled_updates(options, state, kEpoch), 90) << "which is over";
}

TEST(TrainingEnd, CountsFromWhereEpochsComeToBeOfAnotherSize) {
  OptimizationOptions options;
  options.max_epoch = 3;
  TrainerState state;
  note_epoch_size(state, kEpoch);
  EXPECT_EQ(end_by_epochs(options, state, kEpoch), 9);
  state.updates = 4;
  state.epoch = 2;
  state.next_batch = 4;
  state.schedule_begin = 1;
  const std::string before = state.to_json();
  note_epoch_size(state, kEpoch);
  EXPECT_EQ(state.to_json(), before) << "the same size";
  const EpochSize more_updates{.batches = 10, .batches_an_update = 2};
  note_epoch_size(state, more_updates);
  EXPECT_EQ(end_by_epochs(options, state, more_updates), 4 + 3 + 5);
  EXPECT_EQ(scheduled_updates(options, state, more_updates), 4 + 3 + 5 - 1) << "which goes on";
  state.updates = 7;
  state.epoch = 3;
  state.next_batch = 0;
  note_epoch_size(state, more_updates);
  EXPECT_EQ(end_by_epochs(options, state, more_updates), 12) << "not from here, where they are of the same size";
  const EpochSize larger{.batches = 30, .batches_an_update = 2};
  note_epoch_size(state, larger);
  EXPECT_EQ(end_by_epochs(options, state, larger), 7 + 15);
}

TEST(TrainingEnd, OfACheckpointThatTellsNoBeginningIsAsItWas) {
  TrainerState old = TrainerState::from_json(
      R"({"updates":6,"epoch":2,"next_batch":4,"validations_without_gain":0,"schedule_begin":4})", "here");
  OptimizationOptions options;
  options.max_epoch = 3;
  EXPECT_EQ(end_by_epochs(options, old, kEpoch), 9);
  EXPECT_EQ(scheduled_updates(options, old, kEpoch), 5);
  note_epoch_size(old, kEpoch);
  EXPECT_EQ(end_by_epochs(options, old, kEpoch), 9) << "nor does it tell another size";
}

}  // namespace
}  // namespace rotor
