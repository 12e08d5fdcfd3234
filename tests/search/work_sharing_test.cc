#include "search/work_sharing.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/check.h"
#include "base/command.h"
#include "base/refused_threads.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(ShareWork, DoesEachPieceOnceAndSharesTheThreads) {
  const Threads six(6);
  for (int64_t workers : {1, 2, 5}) {
    std::vector<std::atomic<int>> done(40);
    std::atomic<int> wrong = 0;
    share_work(workers, 40, [&](int64_t worker, int64_t i) {
      ++done[i];
      wrong += worker < 0 || worker >= workers || threads() != 6 / workers;
    });
    for (const auto& count : done) EXPECT_EQ(count, 1);
    EXPECT_EQ(wrong, 0);
  }
  share_work(2, 0, [](int64_t, int64_t) { FAIL(); });
}

TEST(ShareWork, LeavesAllToTheCallerWhereTheSystemRefusesThreads) {
  const Outcome outcome = run_as_command([] {
    refuse_threads();
    int64_t sum = 0;
    share_work(3, 5, [&](int64_t worker, int64_t i) { sum += worker == 0 ? i : 100; });
    ROTOR_CHECK(sum == 10, "expected 10, got {}", sum);
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(ShareWork, KeepsSignalsFromItsThreads) {
  std::atomic<int> open = 0;
  share_work(2, 2, [&](int64_t, int64_t) {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    open += sigismember(&blocked, SIGTERM) == 0;
  });
  EXPECT_EQ(open, 0);
}

TEST(ShareWork, EndsWithTheFirstException) {
  for (int64_t workers : {1, 3}) {
    std::atomic<int> done = 0;
    EXPECT_THROW(share_work(workers, 10000,
                            [&](int64_t, int64_t i) {
                              ++done;
                              if (i == 5) throw std::runtime_error("five");
                              std::this_thread::sleep_for(std::chrono::milliseconds(1));  // seconds for them all
                            }),
                 std::runtime_error);
    EXPECT_LT(done, 10000);
  }
}

}  // namespace
}  // namespace rotor
