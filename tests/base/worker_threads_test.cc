#include "base/worker_threads.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>

#include "base/check.h"
#include "base/command.h"
#include "base/refused_threads.h"

namespace rotor {
namespace {

TEST(StartWorkers, GivesEachItsNumberAndNoSignals) {
  std::atomic<int64_t> numbers = 0, open = 0;
  start_workers(4, [&](int64_t i) {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    numbers += 1 << i;
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) open += sigismember(&blocked, number) == 0;
  });  // whose threads end with what it returns
  EXPECT_EQ(numbers, 15);
  EXPECT_EQ(open, 0);
}

TEST(StartWorkers, StartsThoseThatTheSystemAllows) {
  const Outcome outcome = run_as_command([] {
    refuse_threads();
    ROTOR_CHECK(start_workers(3, [](int64_t) {}).empty(), "a thread started");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

}  // namespace
}  // namespace rotor
