// rotor-average as a user runs it.
#include <gtest/gtest.h>

#include "system/generate.h"

namespace rotor {
namespace {

TEST(Average, OfAModelWithItselfTranslatesAlike) {
  const ScratchFolder folder;
  const std::string mean = (folder / "mean.safetensors").string();
  const CommandResult result = run("rotor-average " + kModel + " " + kModel + " --output " + mean);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(run("rotor-generate " + mean, "kagu tate\n").out, run(kGenerate, "kagu tate\n").out);
}

TEST(Average, WritesAModelOfFewerBitsThatTranslates) {
  const ScratchFolder folder;
  const std::string rounded = (folder / "rounded.safetensors").string(), text = "kagu tate gaka nubipi\ngaka\n";
  auto size = std::filesystem::file_size(kModel) * 6 / 7;  // the rest is vocabulary
  for (const std::string type : {"bf16", "int8"}) {
    const CommandResult result = run("rotor-average " + kModel + " --quantize " + type + " --output " + rounded);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_LT(std::filesystem::file_size(rounded), size);
    size = std::filesystem::file_size(rounded);
    const std::string out = run("rotor-generate " + rounded, text).out;
    EXPECT_EQ(count_lines(out), 2);
    EXPECT_EQ(count_lines(run(kGenerate + "--quantize " + type, text).out), 2);
    EXPECT_EQ(run("rotor-generate " + rounded + " --quantize " + type + " --batch-size 1", text).out, out);
  }
}

TEST(Average, TakesTheLastCheckpointsOfAFolder) {
  const ScratchFolder folder;
  for (int epoch : {2, 9, 10}) {
    std::filesystem::copy_file(kModel, folder / fmt::format("checkpoint_{}.safetensors", epoch));
  }
  const std::string in = "rotor-average " + folder.path().string(), out = " --output " + (folder / "mean").string();
  const CommandResult result = run(in + " --last 2" + out);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "checkpoint_9.", "checkpoint_10."));
  EXPECT_EQ(result.err.find("checkpoint_2."), std::string::npos);
  EXPECT_TRUE(refused(run(in + " --last 4" + out), 1, "expected 4", "found 3"));
  EXPECT_TRUE(refused(run(in + out), 2, "--last"));
  EXPECT_TRUE(refused(run(in + " --last 2"), 2, "--output"));
  EXPECT_TRUE(refused(run("rotor-average /nowhere --last 2" + out), 1, "/nowhere"));
}

TEST(Average, TakesCheckpointsOfUpdatesWhereThereAreNoneOfEpochs) {
  const ScratchFolder folder;
  for (const char* name : {"1_900", "2_1000", "2_1100", "last", "best"}) {
    std::filesystem::copy_file(kModel, folder / fmt::format("checkpoint_{}.safetensors", name));
  }
  const CommandResult result =
      run("rotor-average " + folder.path().string() + " --last 2 --output " + (folder / "mean").string());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(says(result.err, "checkpoint_2_1000.", "checkpoint_2_1100."));
  EXPECT_EQ(count_lines(result.err), 2);
}

}  // namespace
}  // namespace rotor
