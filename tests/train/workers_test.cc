#include "train/workers.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <iostream>

#include "base/check.h"
#include "base/command.h"
#include "base/signals.h"
#include "base/threads.h"

namespace rotor {
namespace {

/// The variables by which launchers are known.
constexpr const char* kLauncherVariables[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};

/// Runs the workers of a command that no launcher started; its exit code is that of run_workers().
Outcome run_without_launcher(const std::function<void(Workers&)>& body) {
  return run_as_command([&] {
    for (const char* name : kLauncherVariables) ::unsetenv(name);
    const int code = run_workers(body);
    std::cout.flush();
    ::_exit(code);
  });
}

TEST(Workers, AloneLeavesAllValuesAsTheyAre) {
  Workers& one = alone();
  EXPECT_EQ(one.rank(), 0);
  EXPECT_EQ(one.size(), 1);
  EXPECT_TRUE(one.leads());
  EXPECT_EQ(one.threads(), default_threads());
  std::array<float, 2> floats = {1, 2};
  std::array<double, 2> doubles = {3, 4};
  std::array<std::byte, 1> bytes = {std::byte{5}};
  one.begin_sum(floats);
  one.finish_sums();
  one.sum(doubles);
  one.broadcast(bytes);
  EXPECT_EQ(floats, (std::array<float, 2>{1, 2}));
  EXPECT_EQ(doubles, (std::array<double, 2>{3, 4}));
  EXPECT_EQ(bytes[0], std::byte{5});
  EXPECT_EQ(one.highest(-7), -7);
}

TEST(Workers, KnowALauncherByItsVariables) {
  const Outcome outcome = run_as_command([] {
    for (const char* name : kLauncherVariables) ::unsetenv(name);
    ROTOR_CHECK(!under_launcher(), "expected none");
    for (const char* name : kLauncherVariables) {
      ::setenv(name, "0", 1);
      ROTOR_CHECK(under_launcher(), "expected to be told by {}", name);
      ::unsetenv(name);
    }
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Workers, WithoutALauncherAreOneThatPrints) {
  const Outcome outcome =
      run_without_launcher([](Workers& workers) { std::cout << workers.rank() << " of " << workers.size(); });
  EXPECT_EQ(exit_code(outcome), 0);
  EXPECT_EQ(outcome.out, "0 of 1");
  EXPECT_EQ(outcome.err, "");
}

TEST(Workers, TurnFailuresIntoTheCodesOfACommand) {
  const Outcome error = run_without_launcher([](Workers&) { fail("expected a"); });
  EXPECT_EQ(exit_code(error), 1);
  EXPECT_EQ(error.err, "train_tests: expected a\n") << "without the number of the only worker";
  EXPECT_EQ(exit_code(run_without_launcher([](Workers&) { throw UsageError("wrong"); })), 2);
  EXPECT_EQ(exit_code(run_without_launcher([](Workers&) { throw Interrupted(15); })), 143);
}

}  // namespace
}  // namespace rotor
