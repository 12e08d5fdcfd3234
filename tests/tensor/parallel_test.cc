#include "tensor/parallel.h"

#include <gtest/gtest.h>

#include <mutex>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include "threads.h"

namespace rotor {
namespace {

/// The tests of thread independence rely on this.
TEST(Threads, AreAsManyAsAskedForHoweverFewTheCores) {
  for (const int count : {1, 2, 3, 8}) {
    const Threads several(count);
    for (const int64_t n : {2, 7, 1000}) {
      std::mutex mutex;
      std::set<std::thread::id> ids;
      parallel_for(true, n, [&](int64_t) {
        const std::thread::id own = std::this_thread::get_id();
        parallel_for(true, 2, [&](int64_t) { EXPECT_EQ(std::this_thread::get_id(), own) << "within another loop"; });
        const std::lock_guard lock(mutex);
        ids.insert(own);
      });
      EXPECT_EQ(std::ssize(ids), std::min<int64_t>(n, count));
    }
    EXPECT_EQ(several.met(), count);
  }
}

TEST(ParallelFor, CallsEachIndexOnce) {
  const Threads three(3);
  for (const bool pays : {false, true}) {
    for (int64_t n : {0, 1, 2, 100}) {
      std::vector<int> calls(n);
      parallel_for(pays, n, [&](int64_t i) { ++calls[i]; });
      EXPECT_EQ(calls, std::vector<int>(n, 1)) << pays;
    }
  }
}

TEST(ParallelFor, ThrowsTheExceptionOfAnyThread) {
  const Threads three(3);
  for (const bool pays : {false, true}) {
    for (int64_t bad : {0, 50, 99}) {
      const auto loop = [&] {
        parallel_for(pays, 100, [&](int64_t i) {
          if (i == bad) throw std::bad_alloc();
        });
      };
      EXPECT_THROW(loop(), std::bad_alloc) << pays << bad;
    }
    EXPECT_THROW(parallel_for(pays, 100, [](int64_t) { throw std::bad_alloc(); }), std::bad_alloc) << pays;
  }
}

TEST(ParallelFor, ThrowsOutOfNestedLoops) {
  const Threads three(3);
  const auto loops = [] {
    parallel_for(true, 4, [](int64_t i) {
      parallel_for(true, 4, [&](int64_t j) {
        if (i * j == 6) throw std::bad_alloc();
      });
    });
  };
  EXPECT_THROW(loops(), std::bad_alloc);
}

}  // namespace
}  // namespace rotor
