// Learning rates of runs that start from others: a schedule that ends with --max-epoch ends with the training, whatever
// the updates before it were made of.
#include <csignal>

#include "base/signals.h"
#include "train/starts.h"

namespace rotor {
namespace {

class StartSchedules : public StartTest {
 protected:
  StartSchedules() {
    options_.optimization.schedule.lr_scheduler = "polynomial_decay";
    options_.optimization.schedule.warmup_updates = 0;
    train("first", 5);  // ends within an epoch
    checkpoints().restore_file = last("first");
  }

  double peak() const { return options_.optimization.schedule.lr; }

  /// Expects the rates of a run to be those of a line to 0 over all its updates, and `before` others that it had gone.
  void expect_line_to_the_end(const std::string& run, int64_t before = 0) const {
    const auto all = reports(run);
    const int64_t updates = std::ssize(all);
    for (int64_t i = 0; i < updates; ++i) {
      EXPECT_NEAR(all[i]["learning_rate"],
                  peak() * static_cast<double>(updates - i) / static_cast<double>(before + updates), 1e-12)
          << i << " of " << updates << " updates of " << run;
    }
  }

  std::vector<Resets> resets_of_schedules() const {
    return {{.lr_scheduler = true}, {.lr_scheduler = true, .dataloader = true}, {.optimizer = true}};
  }
};

TEST_F(StartSchedules, ThatBeginAgainEndWithTheLastEpoch) {
  for (const Resets& resets : resets_of_schedules()) {
    checkpoints().resets = resets;
    train("run", 0, 3);
    expect_line_to_the_end("run");
    std::filesystem::remove_all(folder_ / "run");
  }
}

TEST_F(StartSchedules, ThatBeginAgainWithOtherEpochsEndWithTheLastOne) {
  options_.optimization.update_freq = 1;
  train_ = corpus_of(folder_ / "small.safetensors", random_pairs(35, 3), 30);
  for (const Resets& resets : resets_of_schedules()) {
    checkpoints().resets = resets;
    train("run", 0, 3);
    expect_line_to_the_end("run");
    std::filesystem::remove_all(folder_ / "run");
  }
}

TEST_F(StartSchedules, ThatGoOnEndWithTheLastEpochToo) {
  checkpoints().resets.dataloader = true;
  train("run", 0, 3);
  EXPECT_EQ(reports("run").front()["epoch"], 1);
  expect_line_to_the_end("run", 5);
}

TEST_F(StartSchedules, ThatGoOnInOtherBatchesEndWithTheLastEpochToo) {
  const auto expect_line = [&] {
    train("run", 0, 3);
    expect_line_to_the_end("run", 5);
    std::filesystem::remove_all(folder_ / "run");
  };
  options_.optimization.update_freq = 1;
  expect_line();
  batches_.max_tokens = 24;
  expect_line();
  train_ = corpus_of(folder_ / "small.safetensors", random_pairs(35, 3), 30);
  expect_line();
}

TEST_F(StartSchedules, OfARunThatIsResumedInOtherBatchesEndWithTheLastEpochToo) {
  checkpoints().restore_file.clear();
  options_.optimization.update_freq = 1;
  const TrainerState state = train("first", 0, 3);
  EXPECT_NEAR(reports("first").back()["learning_rate"], peak() / static_cast<double>(state.updates), 1e-12);
  EXPECT_EQ(state.schedule_begin, 0);
}

TEST_F(StartSchedules, ThatBeginAgainWarmUpForAShareOfWhatIsToCome) {
  checkpoints().resets = {.lr_scheduler = true, .dataloader = true};
  options_.optimization.schedule.warmup_ratio = 0.5;
  train("run", 0, 2);
  const auto all = reports("run");
  EXPECT_EQ(all[(all.size() + 1) / 2]["learning_rate"], peak());
}

TEST_F(StartSchedules, KnowTheirBeginningWhenTheyAreResumed) {
  options_.optimization.update_freq = 1;
  for (const Resets& resets : resets_of_schedules()) {
    checkpoints().resets = resets;
    train("whole", 0, 3);
    for (int stops = 0; stops < 3; ++stops) {
      catch_signals();
      raise(SIGTERM);
      EXPECT_THROW(train("parts", 0, 3, stops == 0 ? 1 : 99), Interrupted) << "after an update";
    }
    catch_signals();
    train("parts", 0, 3, 98);
    EXPECT_TRUE(bytes("parts", "last") == bytes("whole", "last"));
    expect_line_to_the_end("parts");
    for (const char* run : {"whole", "parts"}) std::filesystem::remove_all(folder_ / run);
  }
}

}  // namespace
}  // namespace rotor
