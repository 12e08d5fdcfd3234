#include "base/logged_process.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include "base/check.h"
#include "base/scratch.h"
#include "base/signals.h"

namespace rotor {
namespace {

class LoggedProcess : public testing::Test {
 protected:
  int shell(
      const std::string& script, const std::function<void()>& tick = [] {}) {
    return run_logged({"/bin/sh", "-c", script}, log_, tick);
  }

  ScratchFolder folder_;
  std::filesystem::path log_ = folder_ / "run.log";
};

TEST_F(LoggedProcess, AppendsBothOutputsToTheLog) {
  EXPECT_EQ(shell("echo one; echo two >&2"), 0);
  EXPECT_EQ(shell("echo three"), 0);
  EXPECT_EQ(text_of(log_), "one\ntwo\nthree\n");
}

TEST_F(LoggedProcess, TellsExitCodesAndSignals) {
  EXPECT_EQ(shell("exit 7"), 7);
  EXPECT_EQ(shell("kill -9 $$"), 128 + 9);
}

TEST_F(LoggedProcess, PassesArgumentsAsTheyAreAndNoInput) {
  EXPECT_EQ(run_logged({"/bin/sh", "-c", "printf '%s|' \"$@\"; cat", "sh", "a b", "$HOME", ""}, log_), 0);
  EXPECT_EQ(text_of(log_), "a b|$HOME||");
}

TEST_F(LoggedProcess, PassesTheFirstSignalOnOnceAndWaitsForTheChildToSave) {
  catch_signals();
  bool raised = false;
  const std::string script =
      "trap 'echo saving; sleep 0.1; echo saved; exit 143' TERM; echo ready; "
      "while true; do sleep 0.02; done";
  try {
    shell(script, [&] {
      if (raised || text_of(log_) != "ready\n") return;
      raised = true;
      raise(SIGTERM);
    });
    FAIL() << "expected Interrupted";
  } catch (const Interrupted& signal) {
    EXPECT_EQ(signal.number(), SIGTERM);
  }
  EXPECT_EQ(text_of(log_), "ready\nsaving\nsaved\n");
  catch_signals();
}

TEST_F(LoggedProcess, PassesARequestToSaveOnAndGoesOn) {
  catch_signals();
  bool raised = false;
  const std::string script = "trap 'echo saved; exit 0' USR1; echo ready; while true; do sleep 0.02; done";
  EXPECT_EQ(shell(script,
                  [&] {
                    if (raised || text_of(log_) != "ready\n") return;
                    raised = true;
                    raise(SIGUSR1);
                  }),
            0);
  EXPECT_EQ(text_of(log_), "ready\nsaved\n");
}

TEST_F(LoggedProcess, AChildEndsWithItsReaderThoughThisProgramDoesNot) {
  const auto before = signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(shell("kill -PIPE $$; echo runs"), 128 + SIGPIPE);
  signal(SIGPIPE, before);
  EXPECT_EQ(text_of(log_), "");
}

bool raises_after_fork = false;

TEST_F(LoggedProcess, ASignalBeforeTheProgramRunsEndsTheChild) {
  catch_signals();
  ASSERT_EQ(pthread_atfork(nullptr, nullptr,
                           [] {
                             if (raises_after_fork) raise(SIGTERM);
                           }),
            0);
  raises_after_fork = true;
  EXPECT_EQ(shell("echo runs"), 128 + SIGTERM);
  raises_after_fork = false;
  EXPECT_EQ(text_of(log_), "");
}

TEST_F(LoggedProcess, NamesAProgramThatCannotStartAndALogThatCannotBeWritten) {
  EXPECT_TRUE(says(message_of<Error>([&] { run_logged({folder_ / "rotor-absent"}, log_); }), "rotor-absent"));
  EXPECT_TRUE(says(message_of<Error>([&] { run_logged({"/bin/true"}, folder_ / "absent" / "log"); }), "absent/log"));
}

}  // namespace
}  // namespace rotor
