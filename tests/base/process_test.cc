#include "base/process.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(RunProcess, PassesInputAndTakesOutputWhole) {
  const std::string text(3 << 20, 'x');
  const ProcessResult result = run_process({"cat"}, text);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, text);
  EXPECT_EQ(result.err, "");
}

TEST(RunProcess, PassesArgumentsAsTheyAre) {
  EXPECT_EQ(run_process({"printf", "%s|", "a b", "$HOME", "`id`", "'", ""}, "").out, "a b|$HOME|`id`|'||");
}

TEST(RunProcess, TellsExitCodesSignalsAndStandardErrorApart) {
  const ProcessResult result = run_process({"sh"}, "echo out; echo err >&2; exit 7");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(run_process({"sh"}, "kill -9 $$").exit_code, 128 + 9);
}

TEST(RunProcess, AProgramThatCannotStartIsNamed) {
  EXPECT_TRUE(says(message_of<Error>([] { run_process({"rotor-no-such-program"}, ""); }), "rotor-no-such-program",
                   "No such file"));
}

}  // namespace
}  // namespace rotor
