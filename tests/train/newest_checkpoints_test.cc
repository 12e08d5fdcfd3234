#include "train/newest_checkpoints.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// A folder with files of these names, checkpoint_<name>.safetensors.
class NewestCheckpoints : public testing::Test {
 protected:
  void add(std::initializer_list<const char*> names) const {
    for (const char* name : names) folder_.file(std::string("checkpoint_") + name + ".safetensors", "");
  }
  std::vector<std::string> newest(int64_t count) const { return names_of(newest_checkpoints(folder_.path(), count)); }
  std::string refusal(int64_t count) const {
    return message_of<Error>([&] { newest_checkpoints_or_fail(folder_.path(), count); });
  }
  static std::vector<std::string> names_of(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> names;
    for (const auto& path : paths) names.push_back(path.stem().string().substr(std::string("checkpoint_").size()));
    return names;
  }
  using Names = std::vector<std::string>;

  ScratchFolder folder_;
};

TEST_F(NewestCheckpoints, AreOfEpochsIfThereAreEnough) {
  add({"8", "9", "10", "9_900", "9_950", "10_1000", "11_1100", "last", "best"});
  EXPECT_EQ(newest(2), (Names{"9", "10"}));
  EXPECT_EQ(newest(3), (Names{"8", "9", "10"}));
}

TEST_F(NewestCheckpoints, AreOfUpdatesIfThereAreFewerOfEpochs) {
  add({"1", "1_50", "1_100", "2_150", "last"});
  EXPECT_EQ(newest(2), (Names{"1_100", "2_150"}));
  EXPECT_EQ(newest(1), Names{"1"});
}

TEST_F(NewestCheckpoints, AreAllThereAreIfThereAreFewerOfBoth) {
  add({"1", "2", "3", "1_50", "2_150", "last"});
  EXPECT_EQ(newest(9), (Names{"1", "2", "3"}));
  add({"2_200", "3_250"});
  EXPECT_EQ(newest(9), (Names{"1_50", "2_150", "2_200", "3_250"}));
}

TEST_F(NewestCheckpoints, AreTheLastOneOfATrainingThatEndedWithinItsFirstEpoch) {
  EXPECT_EQ(newest(3), Names{});
  add({"last", "best"});
  EXPECT_EQ(newest(3), Names{"last"});
}

TEST_F(NewestCheckpoints, AreRefusedWithTheirNumbersIfAllOfThemAreNeeded) {
  EXPECT_TRUE(says(refusal(1), "found none", "--save-dir"));
  add({"last"});
  EXPECT_TRUE(says(refusal(1), "only checkpoint_last", "give " + (folder_ / "checkpoint_last.safetensors").string()));
  add({"1", "1_50", "2_150"});
  EXPECT_TRUE(says(refusal(3), "expected 3", "1 of epochs and 2 of updates"));
  EXPECT_EQ(names_of(newest_checkpoints_or_fail(folder_.path(), 2)), (Names{"1_50", "2_150"}));
  EXPECT_TRUE(says(message_of<Error>([] { newest_checkpoints_or_fail("/nowhere", 1); }), "/nowhere"));
}

}  // namespace
}  // namespace rotor
