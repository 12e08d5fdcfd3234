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

/// The variable by which srun says how many processes it started.
constexpr const char* kProcessesOfSrun = "SLURM_STEP_NUM_TASKS";

/// Runs the workers of a command that no launcher started, but maybe srun so many; its exit code is that of
/// run_workers().
Outcome run_without_launcher(const std::function<void(Workers&)>& body, const char* processes_of_srun = nullptr) {
  return run_as_command([&] {
    for (const char* name : kLauncherVariables) ::unsetenv(name);
    ::unsetenv(kProcessesOfSrun);
    if (processes_of_srun != nullptr) ::setenv(kProcessesOfSrun, processes_of_srun, 1);
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
    ::setenv(kProcessesOfSrun, "8", 1);  // mpirun's daemons are started by srun on their nodes
    ROTOR_CHECK(!under_launcher(), "expected none");
    for (const char* name : kLauncherVariables) {
      ::setenv(name, "0", 1);
      ROTOR_CHECK(under_launcher(), "expected to be told by {}", name);
      ::unsetenv(name);
    }
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Workers, OfSrunThatHaveNoWayToFindEachOtherAreRefused) {
  const auto train = [](const char* processes) {
    return run_without_launcher([](Workers&) { std::cout << "trained"; }, processes);
  };
  const Outcome several = train("4");
  EXPECT_EQ(exit_code(several), 1);
  EXPECT_EQ(several.out, "");
  EXPECT_TRUE(says(several.err, "expected the 4 processes of srun to find each other", "srun --mpi=pmix",
                   "unset SLURM_STEP_NUM_TASKS"));
  EXPECT_EQ(train("1").out, "trained") << "one has nobody to find";
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
