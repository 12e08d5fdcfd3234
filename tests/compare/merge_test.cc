#include "compare/merge.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

/// Comparisons whose second half ran on another machine, in the folder "other".
class Merge : public testing::Test {
 protected:
  Merge() {
    CompareOptions other = folder_.options("sinusoidal,rope", "2");
    other.output = folder_.scratch() / "other";
    run(other);
    run(folder_.options("sinusoidal,rope", "1"));
    folder_.calls();
    options_.merge = other.output;
  }

  void run(const CompareOptions& options) const { compare(Plan(options, training_), folder_.commands()); }
  std::string refusal() const {
    return message_of<Error>([&] { run(options_); });
  }
  std::string quality() const { return text_of(folder_.output() / "quality.csv"); }

  ComparedFolder folder_;
  TrainingOptions training_ = ComparedFolder::training();
  CompareOptions options_ = folder_.options("sinusoidal,rope", "1,2");
};

TEST_F(Merge, TakesTheRunsOfAnotherFolderAndTrainsNothingAgain) {
  run(options_);
  EXPECT_EQ(folder_.calls(), "");
  EXPECT_TRUE(says(quality(), "\nsinusoidal,2,", "\nrope,2,"));
  EXPECT_TRUE(fs::exists(folder_.output() / "runs/rope/seed-2/model.safetensors"));
  EXPECT_FALSE(fs::exists(folder_.output() / "runs/rope/seed-2.part"));
  run(options_);  // what is there already stays
  EXPECT_TRUE(says(quality(), "\nsinusoidal,2,", "\nrope,2,"));
}

TEST_F(Merge, LeavesOutUnfinishedRuns) {
  fs::remove(folder_.scratch() / "other/runs/rope/seed-2/result.json");
  options_.report_only = true;
  run(options_);
  EXPECT_TRUE(says(quality(), "\nsinusoidal,2,", "\nrope,1,"));
}

TEST_F(Merge, RefusesOtherConfigurationsAndOtherResultsBeforeItCopies) {
  training_.trainer.optimization.schedule.lr = 0.5;
  fs::remove_all(folder_.output());
  EXPECT_TRUE(says(refusal(), "other", "lr", "0.5"));
  EXPECT_FALSE(fs::exists(folder_.output() / "runs/rope/seed-2"));
  training_ = ComparedFolder::training();
  options_.merge = folder_.scratch() / "nothing";
  EXPECT_TRUE(says(refusal(), "--merge", "nothing"));
  run(folder_.options("rope,sinusoidal", "2"));
  options_.merge = folder_.scratch() / "other";
  folder_.scratch().file("other/runs/rope/seed-2/result.json", "{}");
  EXPECT_TRUE(says(refusal(), "one result of rope, seed 2", "other"));
}

}  // namespace
}  // namespace rotor
