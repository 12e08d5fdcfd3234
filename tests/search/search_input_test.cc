#include "search/search_input.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(MaxLength, GrowsWithTheSourceOrThePrompt) {
  SearchOptions options;
  options.max_len_a = 1.5;
  options.max_len_b = 10;
  EXPECT_EQ(max_length({.source = {5, 6, 2}}, options), 14);
  EXPECT_EQ(max_length({.prompt = {5, 6, 7}}, options), 14);
  EXPECT_EQ(max_length({}, options), 10);
}

TEST(MaxLength, LeavesRoomForTheEndAndThePrompt) {
  SearchOptions options;
  options.max_target_positions = 8;
  EXPECT_EQ(max_length({.source = TokenIds(20, 5)}, options), 7);
  EXPECT_EQ(max_length({.prompt = {5, 6, 7}}, options), 4);
  EXPECT_EQ(max_length({.prompt = TokenIds(7, 5)}, options), 0);
  EXPECT_EQ(max_length({.prompt = TokenIds(30, 5)}, options), 0);
}

}  // namespace
}  // namespace rotor
