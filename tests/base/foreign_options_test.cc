#include "base/foreign_options.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

TEST(ForeignOptions, AreKnownOnTheCommandsThatTheyAreTypedOn) {
  ASSERT_NE(foreign_option("rotor-train", "--fp16"), nullptr);
  EXPECT_TRUE(says(foreign_option("rotor-train", "--fp16")->answer, "--bf16"));
  EXPECT_TRUE(says(foreign_option("rotor-generate", "--fp16")->answer, "--quantize"));
  EXPECT_EQ(foreign_option("rotor-score", "--fp16"), nullptr);
  EXPECT_EQ(foreign_option("rotor-train", "--bf16"), nullptr);
}

TEST(ForeignOptions, MayStandForAllThatBeginAlike) {
  ASSERT_NE(foreign_option("rotor-train", "--distributed-world-size"), nullptr);
  EXPECT_TRUE(says(foreign_option("rotor-train", "--distributed-world-size")->answer, "mpirun"));
}

TEST(ForeignOptions, SayWhatToUseOrTakeEveryValue) {
  const ForeignOption* task = foreign_option("rotor-train", "--task");
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->same, Texts{"translation"});
  EXPECT_FALSE(task->answer.empty());
}

}  // namespace
}  // namespace rotor
