#include "base/in_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/check.h"
#include "base/command.h"
#include "base/random.h"
#include "base/refused_threads.h"

namespace rotor {
namespace {

/// Squares of 0 … count − 1, each after a while of its own.
std::vector<int64_t> squares(int64_t workers, int64_t count, int64_t broken = -1) {
  struct Block {
    int64_t in = 0, out = 0;
  };
  int64_t next = 0;
  std::vector<int64_t> results;
  InOrder<Block>([&](Block& block) { return (block.in = next++) < count; },
                 [&](Block& block) {
                   const auto wait = std::chrono::microseconds(mix(static_cast<uint64_t>(block.in)) % 200);
                   std::this_thread::sleep_for(wait);
                   if (block.in == broken) throw std::runtime_error("broken");
                   block.out = block.in * block.in;
                 },
                 [&](Block& block) { results.push_back(block.out); })
      .run(workers);
  return results;
}

TEST(InOrder, GivesResultsInTheOrderOfTheInputWhateverTheThreads) {
  const std::vector<int64_t> expected = squares(1, 200);
  ASSERT_EQ(expected.size(), 200);
  EXPECT_EQ(expected[12], 144);
  for (int64_t workers : {2, 3, 8, 300}) EXPECT_EQ(squares(workers, 200), expected);
  EXPECT_TRUE(squares(4, 0).empty());
}

TEST(InOrder, PassesOnAFailureAndEnds) {
  for (int64_t workers : {1, 2, 8}) EXPECT_THROW(squares(workers, 1'000'000, 50), std::runtime_error);
}

TEST(InOrder, DoesAllOnOneThreadWhereTheSystemRefusesMore) {
  const std::vector<int64_t> expected = squares(1, 20);
  const Outcome outcome = run_as_command([&] {
    refuse_threads();
    ROTOR_CHECK(squares(4, 20) == expected, "other results");
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(InOrder, HoldsNoMoreBlocksThanThreads) {
  std::atomic<int64_t> held = 0, most = 0;
  int64_t next = 0;
  InOrder<int64_t>(
      [&](int64_t&) {
        if (next++ == 500) return false;
        most = std::max<int64_t>(most, ++held);
        return true;
      },
      [](int64_t&) {}, [&](int64_t&) { --held; })
      .run(3);
  EXPECT_LE(most, 3);
  EXPECT_EQ(held, 0);
}

}  // namespace
}  // namespace rotor
