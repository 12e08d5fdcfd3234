#include "search/length_limits.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/log.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// What a shortener leaves of some ids, and what it says the while.
struct Shortened {
  std::vector<TokenIds> ids;
  std::string said;
};

Shortened shortened(Shortener shorten, std::vector<TokenIds> all) {
  log::start();
  testing::internal::CaptureStderr();
  for (TokenIds& ids : all) shorten(ids, "line 7");
  return {all, testing::internal::GetCapturedStderr()};
}

TEST(LengthLimit, IsLoweredByAModelWithFewerPositions) {
  LengthLimit limit{10};
  limit.lower(12);
  EXPECT_EQ(limit.tokens, 10);
  EXPECT_FALSE(limit.of_model);
  limit.lower(8);
  EXPECT_EQ(limit.tokens, 8);
  EXPECT_TRUE(limit.of_model);
}

TEST(Shortener, KeepsTheBeginningAndTheEndOfSentencesWithOneWarning) {
  const auto [ids, said] =
      shortened(Shortener::of_sentences("source", {4}, false), {{5, 6, 7, 8, 9, 2}, {5, 6, 7, 2}, {3, 4, 5, 6, 2}});
  EXPECT_EQ(ids, (std::vector<TokenIds>{{5, 6, 7, 2}, {5, 6, 7, 2}, {3, 4, 5, 2}}));
  EXPECT_TRUE(says(said, "line 7", "6 source tokens", "cut off after 4", "see --max-source-positions"));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

TEST(Shortener, KeepsTheEndOfPromptsWithRoomAfterThem) {
  const auto [ids, said] = shortened(Shortener::of_prompts({5}, false), {{5, 6, 7}, {5, 6, 7, 8, 9}});
  EXPECT_EQ(ids, (std::vector<TokenIds>{{5, 6, 7}, {7, 8, 9}}));
  EXPECT_TRUE(says(said, "5 tokens of a prompt", "cut off before the last 3", "see --max-target-positions"));
}

TEST(Shortener, RefusesAndNamesTheLimitThatHolds) {
  const auto refusal = [](Shortener shorten) {
    TokenIds ids = {5, 6, 7, 8, 2};
    return message_of<Error>([&] { shorten(ids, "line 7"); });
  };
  EXPECT_TRUE(says(refusal(Shortener::of_sentences("source", {4}, true)), "line 7", "at most 4 source tokens", "got 5",
                   "raise --max-source-positions", "split the sentence"));
  const std::string of_model = refusal(Shortener::of_sentences("target", {4, true}, true));
  EXPECT_TRUE(says(of_model, "at most 4 target tokens", "where the model's positions end, got 5", "truncate"));
  EXPECT_EQ(of_model.find("raise"), std::string::npos);
  EXPECT_TRUE(says(refusal(Shortener::of_prompts({6}, true)), "at most 4 tokens of a prompt", "shorten the prompt",
                   "raise --max-target-positions"));
}

TEST(Shortener, SaysThatTheModelIsTheLimit) {
  const auto [ids, said] = shortened(Shortener::of_sentences("source", {2, true}, false), {{5, 6, 2}});
  EXPECT_TRUE(says(said, "cut off after 2", "the model's positions end there"));
  EXPECT_EQ(said.find("--max"), std::string::npos);
}

}  // namespace
}  // namespace rotor
