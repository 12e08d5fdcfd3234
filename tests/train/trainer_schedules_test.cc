// Learning rates in a training: schedules, groups of parameters, and an end by the rate.
#include <gtest/gtest.h>

#include "train/schedule.h"
#include "train/trainer.h"
#include "train/training.h"

namespace rotor {
namespace {

TEST_F(TrainerTest, EveryScheduleResumesExactly) {
  options_.optimization.weight_decay = 0.01;
  options_.optimization.schedule.lr_period_updates = 4;
  options_.optimization.schedule.t_mult = 2;
  options_.optimization.schedule.total_num_update = 10;
  options_.optimization.schedule.force_anneal = 2;
  for (const std::string& name : schedule_names()) {
    options_.optimization.schedule.lr_scheduler = name;
    train(name, 12);
    train(name + " halves", 7);
    train(name + " halves", 12, 0, 99);
    EXPECT_TRUE(bytes(name + " halves", "last") == bytes(name, "last")) << name;
    EXPECT_FALSE(name != "noam" && bytes(name, "last") == bytes("noam", "last")) << name;
    const Schedule schedule = make_schedule(options_.optimization.schedule, model_options_.decoder.embed_dim, 12);
    for (const auto& report : reports(name)) {
      const int64_t done = report["update"].get<int64_t>() - 1;
      EXPECT_EQ(report["learning_rate"], schedule(done, report["epoch"])) << name << " after " << done;
    }
  }
}

TEST_F(TrainerTest, SchedulesEndWithTheLastEpoch) {
  ScheduleOptions& schedule = options_.optimization.schedule;
  schedule.warmup_ratio = 0.25;
  for (const char* name : {"polynomial_decay", "cosine"}) {
    schedule.lr_scheduler = name;
    const TrainerState state = train(name, 0, 3);
    const Schedule expected = make_schedule(schedule, model_options_.decoder.embed_dim, state.updates);
    double highest = 0, last = 0;
    for (const auto& report : reports(name)) {
      last = report["learning_rate"];
      highest = std::max(highest, last);
      EXPECT_EQ(last, expected(report["update"].get<int64_t>() - 1, report["epoch"])) << name;
    }
    EXPECT_EQ(highest, schedule.lr) << name;
    EXPECT_LT(last, schedule.lr / 5) << name;
  }
}

TEST_F(TrainerTest, FineTuningsGroupsResumeExactly) {
  options_.optimization.weight_decay = 0.1;
  options_.optimization.no_decay_norms_and_biases = true;
  train("all alike", 6);
  options_.optimization.layer_lr_decay = 0.8;
  train("whole", 6);
  train("halves", 4);
  train("halves", 6, 0, 99);
  EXPECT_TRUE(bytes("halves", "last") == bytes("whole", "last"));
  EXPECT_FALSE(bytes("all alike", "last") == bytes("whole", "last"));
}

TEST_F(TrainerTest, StopsAtTheEndOfAnEpochWhenTheLearningRateIsLow) {
  options_.optimization.schedule.lr_scheduler = "fixed";
  options_.optimization.schedule.warmup_updates = 0;
  options_.optimization.schedule.force_anneal = 2;
  options_.optimization.schedule.lr_shrink = 0.5;
  options_.optimization.stop_min_lr = options_.optimization.schedule.lr / 4;
  EXPECT_EQ(train("run", 0, 20).epoch, 3) << "epoch 3 would have a quarter";
  EXPECT_EQ(train("run", 0, 20).epoch, 3) << "and does not go on";
}
}  // namespace
}  // namespace rotor
