#include "base/run_app.h"

#include <gtest/gtest.h>

#include <iostream>
#include <new>
#include <thread>

#include "base/check.h"
#include "base/command.h"
#include "base/command_line.h"

namespace rotor {
namespace {

TEST(RunApp, EndsWithZeroAndDeliversWhatWasWritten) {
  const Outcome outcome = run_as_command([] { std::cout << "result"; });
  EXPECT_EQ(exit_code(outcome), 0);
  EXPECT_EQ(outcome.out, "result");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(exit_code(run_as_command([] { throw CommandLine::Exit{}; })), 0);
}

TEST(RunApp, MakesTinyNumbersZeroInLaterThreadsToo) {
  const Outcome outcome = run_as_command([] {
    volatile float tiny = 1e-30f;
    std::cout << (tiny * 1e-10f == 0);
    std::thread([&] { std::cout << (tiny * 1e-10f == 0); }).join();
  });
  EXPECT_EQ(outcome.out, "11");
}

TEST(RunApp, TurnsEveryFailureIntoOneLineAndItsExitCode) {
  const Outcome error = run_as_command([] { fail("expected a,\ngot {}", 'b'); });
  EXPECT_EQ(exit_code(error), 1);
  EXPECT_EQ(error.err, "base_tests: expected a, got b\n");
  EXPECT_EQ(exit_code(run_as_command([] { throw UsageError("wrong"); })), 2);
  EXPECT_EQ(exit_code(run_as_command([] { throw std::logic_error("bug"); })), 1);
  const Outcome memory = run_as_command([] { throw std::bad_alloc(); });
  EXPECT_EQ(exit_code(memory), 1);
  EXPECT_EQ(memory.err.rfind("base_tests: out of memory", 0), 0u);
}

TEST(RunApp, ShortensFailuresAndBlanksWhatTerminalsObey) {
  const Outcome control = run_as_command([] { throw Error("got \x1b[2J\x7f."); });
  EXPECT_EQ(control.err, "base_tests: got  [2J .\n");
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "😀";
  const Outcome characters = run_as_command([&] { throw Error(text); });
  EXPECT_EQ(characters.err, "base_tests: " + text.substr(0, 4 * 4000) + "…\n");
  const Outcome bytes = run_as_command([] { throw Error(std::string(1'000'000, '\x80')); });
  EXPECT_LT(bytes.err.size(), 17'000u);
}

TEST(RunApp, ResultsThatCouldNotBeWrittenAreAFailure) {
  const Outcome outcome = run_as_command([] { std::cout << "result"; }, "/dev/full");
  EXPECT_EQ(exit_code(outcome), 1);
  EXPECT_EQ(outcome.err, "base_tests: cannot write to standard output; is the disk full?\n");
  EXPECT_EQ(exit_code(run_as_command(
                [] {
                  std::cout << "help";
                  throw CommandLine::Exit{};
                },
                "/dev/full")),
            1);
}

TEST(RunApp, AFailureThatCannotBeToldKeepsItsExitCode) {
  for (const bool full : {false, true}) {
    const Outcome outcome = run_as_command([&] {
      full ? dup2(open("/dev/full", O_WRONLY), STDERR_FILENO) : close(STDERR_FILENO);
      fail("expected a");
    });
    EXPECT_EQ(exit_code(outcome), 1) << full;
  }
}

TEST(RunApp, KeepsFilesFromTakingThePlaceOfClosedStreams) {
  const Outcome outcome = run_as_command([] {
    for (const int file : {0, 1, 2}) close(file);
    const int code = run_app([] {
      const int file = open("/dev/null", O_RDONLY);
      char byte = 0;
      ROTOR_CHECK(file > 2 && read(0, &byte, 1) < 0 && write(1, &byte, 1) < 0, "a stream is another's file");
    });
    _exit(code);
  });
  EXPECT_EQ(exit_code(outcome), 0);
}

TEST(RunApp, NamesTheCommandAsTold) {
  const Outcome outcome = run_as_command([] {
    name_command("rotor-train (rank 1)");
    fail("expected a");
  });
  EXPECT_EQ(outcome.err, "rotor-train (rank 1): expected a\n");
}

}  // namespace
}  // namespace rotor
