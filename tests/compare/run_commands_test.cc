#include "compare/run_commands.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

class Commands : public testing::Test {
 protected:
  void script(const std::string& body) const {
    std::filesystem::permissions(folder_.file("rotor-fake", "#!/bin/sh\n" + body), std::filesystem::perms::owner_all);
  }

  std::string failure() const {
    return message_of<Error>([&] { RunCommands(folder_.path()).call(run_, "rotor-fake", {"a b", "c"}); });
  }

  ScratchFolder folder_;
  PlannedRun run_{"rope", 1, folder_.path(), {}};
};

TEST_F(Commands, KeepWhatTheySayInTheRunsLog) {
  script("echo \"$1|$2\"; echo problem >&2");
  RunCommands(folder_.path()).call(run_, "rotor-fake", {"a b", "c"});
  EXPECT_TRUE(says(text_of(folder_ / "run.log"), "a b|c\n", "problem\n"));
}

TEST_F(Commands, FailWithTheLastLineThatTheySaid) {
  script("echo first; echo 'rotor-fake: no power' >&2; echo; exit 3");
  EXPECT_EQ(failure(), "rotor-fake ended with exit code 3: rotor-fake: no power");
  script("kill -9 $$");
  EXPECT_TRUE(says(failure(), "rotor-fake ended with signal 9 (Killed)"));
}

TEST_F(Commands, AreLookedForBeforeTheyAreNeeded) {
  script("");
  EXPECT_NO_THROW(RunCommands(folder_.path()).check("rotor-fake"));
  EXPECT_TRUE(says(message_of<Error>([&] { RunCommands(folder_.path()).check("rotor-absent"); }), "rotor-absent",
                   "install all of Rotor's commands in one folder"));
}

TEST(LastLine, IsTheLastThatIsNotBlank) {
  const ScratchFolder folder;
  EXPECT_EQ(last_line(folder.file("log", "a\nb\n \n\n")), "b");
  EXPECT_EQ(last_line(folder / "absent"), "");
}

}  // namespace
}  // namespace rotor
