#include "base/team.h"

#include <gtest/gtest.h>

#include <chrono>
#include <new>
#include <numeric>

#include "base/threads.h"

namespace rotor {
namespace {

using namespace std::chrono_literals;

/// How often a loop over n numbers on this team takes each of them.
std::vector<int> counts(ThreadTeam& team, int64_t n) {
  std::vector<std::atomic<int>> taken(n);
  team.run(n, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++taken[i];
  });
  return {taken.begin(), taken.end()};
}

TEST(ThreadTeam, TakesEachNumberOnce) {
  for (const int size : {1, 2, 3, 64}) {
    ThreadTeam team(size);
    EXPECT_EQ(team.size(), size);
    for (const int64_t n : {1, 2, 3, 5, 63, 64, 65, 1000, 10007}) {
      for (int repeat = 0; repeat < 20; ++repeat)
        ASSERT_EQ(counts(team, n), std::vector<int>(n, 1)) << size << " " << n;
    }
  }
}

TEST(ThreadTeam, ShowsTheStarterWhatWorkersWrote) {
  ThreadTeam team(4);
  std::vector<int64_t> numbers(5000);
  for (int64_t loop = 0; loop < 2000; ++loop) {  // the numbers are not atomic: ThreadSanitizer sees a race
    team.run(std::ssize(numbers), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) numbers[i] += loop;
    });
    ++numbers[loop];
  }
  for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], 1999 * 1000 + (i < 2000)) << i;
}

TEST(ThreadTeam, WorksBeyondTheNumbersOfItsLoops) {
  ThreadTeam team(2);
  int64_t sum = 0;
  for (int loop = 0; loop < 70000; ++loop) {  // a loop's number has 15 bits
    std::atomic<int> taken = 0;
    team.run(2, [&](int64_t begin, int64_t end) { taken += static_cast<int>(end - begin); });
    sum += taken;
  }
  EXPECT_EQ(sum, 140000);
}

TEST(ThreadTeam, EndsWorkersThatSleptUntilTheNumbersCameRound) {
  ThreadTeam team(2);
  std::this_thread::sleep_for(20ms);  // longer than the worker spins
  int64_t taken = 0;
  for (int loop = 0; loop < 32767; ++loop) {  // a loop over one number wakes nobody
    team.run(1, [&](int64_t begin, int64_t end) { taken += end - begin; });
  }
  EXPECT_EQ(taken, 32767);
}

TEST(ThreadTeam, SharesALoopAmongThreads) {
  ThreadTeam team(2);
  std::atomic<int> met = 0;
  team.run(2, [&](int64_t, int64_t) {  // neither ends before the other has begun
    ++met;
    while (met < 2) std::this_thread::yield();
  });
  EXPECT_EQ(met, 2);
}

TEST(ThreadTeam, WakesEveryWorkerThatSleeps) {
  ThreadTeam team(5);
  for (int repeat = 0; repeat < 3; ++repeat) {
    std::this_thread::sleep_for(20ms);  // longer than they spin
    std::atomic<int> met = 0;
    team.run(5, [&](int64_t, int64_t) {
      ++met;
      while (met < 5) std::this_thread::yield();
    });
    EXPECT_EQ(met, 5);
  }
}

TEST(ThreadTeam, TheStarterSleepsUntilTheLastWorkerHasLeft) {
  ThreadTeam team(3);
  const std::thread::id starter = std::this_thread::get_id();
  for (int repeat = 0; repeat < 3; ++repeat) {
    std::atomic<int> met = 0, done = 0;
    team.run(3, [&](int64_t, int64_t) {
      ++met;
      while (met < 3) std::this_thread::yield();
      if (std::this_thread::get_id() != starter) std::this_thread::sleep_for(20ms);
      ++done;
    });
    EXPECT_EQ(done, 3);
  }
}

TEST(ThreadTeam, HelpsAMemberThatIsSlow) {
  ThreadTeam team(2);
  std::atomic<int64_t> taken = 0;
  team.run(1000, [&](int64_t begin, int64_t end) {
    taken += end - begin;
    while (begin == 0 && taken < 900) std::this_thread::yield();  // the other takes most of this one's half
  });
  EXPECT_EQ(taken, 1000);
}

TEST(ThreadTeam, AnExceptionEndsTheLoopAndLeavesTheTeamUsable) {
  ThreadTeam team(3);
  for (const int64_t bad : {0, 5000, 9999}) {
    std::atomic<int64_t> taken = 0;
    const auto loop = [&] {
      team.run(10000, [&](int64_t begin, int64_t end) {
        taken += end - begin;
        if (begin <= bad && bad < end) throw std::bad_alloc();
      });
    };
    EXPECT_THROW(loop(), std::bad_alloc) << bad;
    EXPECT_EQ(counts(team, 100), std::vector<int>(100, 1));
  }
  const auto all = [&] { team.run(3, [](int64_t, int64_t) { throw std::bad_alloc(); }); };
  EXPECT_THROW(all(), std::bad_alloc);
}

TEST(ThreadTeam, RunsLoopsWithinLoopsOnOneThread) {
  ThreadTeam team(3);
  std::atomic<int> met = 0, wrong = 0, taken = 0;
  team.run(3, [&](int64_t, int64_t) {
    ++met;
    while (met < 3) std::this_thread::yield();
    const std::thread::id own = std::this_thread::get_id();
    wrong += !in_shared_loop() || threads() != 1;
    share_loop(100, [&](int64_t from, int64_t to) {
      wrong += std::this_thread::get_id() != own;
      taken += static_cast<int>(to - from);
    });
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(taken, 300);
  EXPECT_FALSE(in_shared_loop());
}

TEST(ShareLoop, GivesEachStarterATeamOfItsOwn) {
  std::atomic<int64_t> sum = 0;
  {
    std::vector<std::jthread> starters;
    starters.reserve(12);
    for (int starter = 0; starter < 12; ++starter) {
      starters.emplace_back([&, starter] {
        set_threads(starter % 3 + 1);
        for (int loop = 0; loop < 200; ++loop) {
          share_loop(50, [&](int64_t begin, int64_t end) { sum += end - begin; });
        }
      });
    }
  }
  EXPECT_EQ(sum, 12 * 200 * 50);
}

TEST(ShareLoop, FollowsTheNumberOfThreads) {
  const int before = threads();
  for (const int count : {1, 2, 64, 1}) {
    set_threads(count);
    std::atomic<int64_t> sum = 0;
    share_loop(1000, [&](int64_t begin, int64_t end) { sum += end - begin; });
    EXPECT_EQ(sum, 1000);
    const cpu_set_t cores = allowed_cores();
    EXPECT_EQ(own_team().size(), std::min(count, CPU_COUNT(&cores)));  // more would only wait for each other's cores
  }
  share_loop(0, [](int64_t, int64_t) { FAIL(); });
  set_threads(before);
}

}  // namespace
}  // namespace rotor
