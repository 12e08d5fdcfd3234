#include "tensor/parallel.h"

#include <gtest/gtest.h>

#include <new>
#include <vector>

#include "threads.h"

namespace rotor {
namespace {

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
