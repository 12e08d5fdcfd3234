#include "base/threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "base/check.h"

namespace rotor {
namespace {

TEST(Threads, FollowTheEnvironmentAndTheOption) {
  setenv("OMP_NUM_THREADS", "3,2", 1);
  EXPECT_EQ(default_threads(), 3);
  set_threads(0);
  EXPECT_EQ(threads(), 3);
  set_threads(2);
  EXPECT_EQ(threads(), 2);
  setenv("OMP_NUM_THREADS", "5000", 1);
  set_threads(0);
  EXPECT_EQ(threads(), 1024);
  unsetenv("OMP_NUM_THREADS");
  set_threads(0);
  EXPECT_GE(default_threads(), 1);
  for (const int64_t count : {-1, 1025}) EXPECT_THROW(set_threads(count), Error) << count;
}

TEST(Threads, AreThoseOfTheThreadThatSetsThem) {
  const int before = threads();
  set_threads(3);
  std::thread([] {
    set_threads(2);
    EXPECT_EQ(threads(), 2);
  }).join();
  EXPECT_EQ(threads(), 3);
  set_threads(before);
}

TEST(Threads, ProcessesOfAMachineShareItsCores) {
  unsetenv("OMP_NUM_THREADS");
  const cpu_set_t cores = allowed_cores();
  EXPECT_EQ(default_threads(cores, 1), default_threads());
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  EXPECT_EQ(default_threads(one, 1), 1);
  EXPECT_EQ(default_threads(one, 4), 1);
  EXPECT_LE(2 * default_threads(cores, 2), std::max(2, default_threads()));
  setenv("OMP_NUM_THREADS", "3", 1);
  EXPECT_EQ(default_threads(one, 4), 3);
  unsetenv("OMP_NUM_THREADS");
}

}  // namespace
}  // namespace rotor
