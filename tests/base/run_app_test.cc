#include "base/run_app.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>
#include <new>

#include "base/check.h"
#include "base/log.h"
#include "base/options.h"
#include "base/scratch.h"
#include "base/signals.h"

namespace rotor {
namespace {

struct Outcome {
  int status;
  std::string out, err;
};

/// Runs a body as a command of its own: a child process whose standard output and error are kept.
Outcome run(const std::function<void()>& body, const char* standard_output = nullptr) {
  ScratchFolder folder;
  const std::string out = standard_output ? standard_output : (folder / "out").string();
  const std::string err = (folder / "err").string();
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    _exit(run_app(body));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {status, standard_output ? "" : text_of(out), text_of(err)};
}

int exit_code(const Outcome& outcome) {
  return WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;
}

TEST(RunApp, EndsWithZeroAndDeliversWhatWasWritten) {
  const Outcome outcome = run([] { std::cout << "result"; });
  EXPECT_EQ(exit_code(outcome), 0);
  EXPECT_EQ(outcome.out, "result");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(exit_code(run([] { throw Options::Exit{}; })), 0);
}

TEST(RunApp, TurnsEveryFailureIntoOneLineAndItsExitCode) {
  const Outcome error = run([] { fail("expected a,\ngot {}", 'b'); });
  EXPECT_EQ(exit_code(error), 1);
  EXPECT_EQ(error.err, "base_tests: expected a, got b\n");
  EXPECT_EQ(exit_code(run([] { throw UsageError("wrong"); })), 2);
  EXPECT_EQ(exit_code(run([] { throw std::logic_error("bug"); })), 1);
  const Outcome memory = run([] { throw std::bad_alloc(); });
  EXPECT_EQ(exit_code(memory), 1);
  EXPECT_EQ(memory.err.rfind("base_tests: out of memory", 0), 0u);
}

TEST(RunApp, ResultsThatCouldNotBeWrittenAreAFailure) {
  const Outcome outcome = run([] { std::cout << "result"; }, "/dev/full");
  EXPECT_EQ(exit_code(outcome), 1);
  EXPECT_EQ(outcome.err, "base_tests: cannot write to standard output; is the disk full?\n");
  EXPECT_EQ(exit_code(run(
                [] {
                  std::cout << "help";
                  throw Options::Exit{};
                },
                "/dev/full")),
            1);
}

TEST(RunApp, SendsMessagesToStandardErrorAsPlainLines) {
  const Outcome outcome = run([] {
    log::info("read {} pairs", 3);
    log::warn("odd");
    log::debug("unseen");
  });
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "read 3 pairs\nwarning: odd\n");
}

TEST(RunApp, NamesTheCommandAsTold) {
  const Outcome outcome = run([] {
    name_command("rotor-train (rank 1)");
    log::silence();
    log::warn("unseen");
    fail("expected a");
  });
  EXPECT_EQ(outcome.err, "rotor-train (rank 1): expected a\n");
}

TEST(Signals, TheFirstIsSeenByTheCommandAndGivesTheExitCode) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    const Outcome outcome = run([number] {
      catch_signals();
      CHECK(signal_received() == 0, "no signal yet");
      raise(number);
      std::cout << "saved";
      if (int received = signal_received()) throw Interrupted(received);
    });
    EXPECT_EQ(exit_code(outcome), 128 + number);
    EXPECT_EQ(outcome.out, "saved");
  }
}

TEST(Signals, TheSecondEndsAtOnce) {
  const Outcome outcome = run([] {
    catch_signals();
    raise(SIGINT);
    raise(SIGTERM);
    std::cout << "still here" << std::flush;
  });
  EXPECT_EQ(exit_code(outcome), 128 + SIGTERM);
  EXPECT_EQ(outcome.out, "");
}

TEST(Signals, ARequestToSaveIsSeenOnceAndStopsNothing) {
  const Outcome outcome = run([] {
    catch_signals();
    CHECK(!take_save_request(), "no request yet");
    for (int round = 0; round < 2; ++round) {
      raise(SIGUSR1);
      raise(SIGUSR1);
      CHECK(take_save_request(), "the request was not seen");
      CHECK(!take_save_request(), "the request was seen twice");
    }
    CHECK(signal_received() == 0, "a request to save is none to stop");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Signals, AnIgnoredHangUpStaysIgnored) {
  const Outcome outcome = run([] {
    signal(SIGHUP, SIG_IGN);
    catch_signals();
    raise(SIGHUP);
    CHECK(signal_received() == 0, "the hang-up was seen");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

}  // namespace
}  // namespace rotor
