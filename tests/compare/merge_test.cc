#include "compare/merge.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

const std::string kResult = "other/runs/rope/seed-2/result.json";

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
  /// Replaces a part of a file of the scratch folder, everywhere.
  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = text_of(folder_.scratch() / file);
    ASSERT_NE(text.find(from), text.npos) << text;
    for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) text.replace(at, from.size(), to);
    folder_.scratch().file(file, text);
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
  change(kResult, "\"nll\": 4.0", "\"nll\": 3.5");
  EXPECT_TRUE(says(refusal(), "one result of rope, seed 2", "other"));
}

TEST_F(Merge, RefusesFoldersThatDisagreeBeforeItCopiesAndCountsEqualRunsOnce) {
  const fs::path third = folder_.scratch() / "third";
  fs::copy(folder_.scratch() / "other", third, fs::copy_options::recursive);
  options_.merge += "," + third.string();
  change(kResult, "\"nll\": 4.0", "\"nll\": 3.5");
  EXPECT_TRUE(says(refusal(), "one result of rope, seed 2", "third", "other"));
  EXPECT_FALSE(fs::exists(folder_.output() / "runs/sinusoidal/seed-2"));
  change(kResult, "\"nll\": 3.5", "\"nll\": 4.0");
  change("third/runs/rope/seed-2/test.out", "Hund", "Wolf");
  EXPECT_TRUE(says(refusal(), "one result of rope, seed 2", "third", "other")) << "the translations differ";
  change("third/runs/rope/seed-2/test.out", "Wolf", "Hund");
  run(options_);
  EXPECT_TRUE(says(quality(), "\nsinusoidal,2,", "\nrope,2,"));
}

TEST_F(Merge, TakesRunsThatDifferInTheirSpeedsAlone) {
  options_.time_again = 1;
  run(options_);
  folder_.scratch().file("speed", "300");
  run(options_);
  change(kResult, "\"machine\": \"", "\"machine\": \"another ");
  run(options_);
  EXPECT_TRUE(says(text_of(folder_.output() / "cost.csv"), "rope,6,300,"));
}

}  // namespace
}  // namespace rotor
