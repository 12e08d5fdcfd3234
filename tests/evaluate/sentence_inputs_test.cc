#include "evaluate/sentence_inputs.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/letters.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;  // 0 to 3, so that a is 4
using Ids = std::vector<int32_t>;

SentenceInputs inputs(bool ranks, int64_t most = 20) {
  return {letters(kSpecials), ranks, most};
}

TEST(SentenceInputs, AreOneRowOfATextOrAPair) {
  const auto one = inputs(false).rows({"ab"}, "longest", "row 1"), two = inputs(false).rows({"ab", "c"}, "longest", "");
  ASSERT_EQ(one.size(), 1);
  EXPECT_EQ(one[0].ids, (Ids{kBos, 4, 5, kEos}));
  ASSERT_EQ(two.size(), 1);
  EXPECT_EQ(two[0].ids, (Ids{kBos, 4, 5, kEos, 6, kEos}));
  EXPECT_EQ(two[0].types, (Ids{0, 0, 0, 0, 1, 1}));
}

TEST(SentenceInputs, AreARowForEachCandidate) {
  const auto rows = inputs(true).rows({"a", "b", "cd"}, "longest", "row 1");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].ids, (Ids{kBos, 4, kEos, 5, kEos}));
  EXPECT_EQ(rows[1].ids, (Ids{kBos, 4, kEos, 6, 7, kEos}));
}

TEST(SentenceInputs, AreCountedByTheirTexts) {
  EXPECT_EQ(inputs(false).count({"a"}), 1);
  EXPECT_EQ(inputs(false).count({"a", "b"}), 1);
  EXPECT_EQ(inputs(true).count({"a", "b", "cd"}), 2);
}

TEST(SentenceInputs, OfABatchHaveTheirTypes) {
  const auto rows = inputs(true).rows({"a", "b", "cd"}, "longest", "row 1");
  const TokenBatch batch = inputs(true).batch(rows);
  EXPECT_EQ(batch.ids, (Ids{kBos, 4, kEos, 5, kEos, kPad, kBos, 4, kEos, 6, 7, kEos}));
  EXPECT_EQ(batch.types, (Ids{0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(batch.lengths, (Ids{5, 6}));
}

TEST(SentenceInputs, AreNoPairsForAModelOfOneTokenType) {
  SentenceInputs one = inputs(false);
  one.token_types = 1;
  EXPECT_EQ(one.rows({"ab"}, "longest", "row 1").size(), 1);
  EXPECT_TRUE(says(message_of<Error>([&] {
                     one.rows({"ab", "c"}, "longest", "row 1");
                   }),
                   "row 1: expected one text", "--token-types 1", "got 2"));
  one.token_types = 0;
  EXPECT_EQ(one.rows({"ab", "c"}, "longest", "row 1").size(), 1) << "such a model reads a pair as one text";
}

TEST(SentenceInputs, AreRefusedByTheirPlace) {
  const auto message = [](bool ranks, const std::vector<std::string>& texts,
                          const std::string& truncation = "longest") {
    return message_of<Error>([&] { inputs(ranks, 6).rows(texts, truncation, "row 7"); });
  };
  EXPECT_TRUE(says(message(true, {"a", "b"}), "row 7: expected a context and two candidates", "got 2"));
  EXPECT_TRUE(says(message(false, {"a", "b", "c"}), "row 7: expected a text or a pair", "got 3"));
  EXPECT_TRUE(says(message(false, {}), "got 0"));
  EXPECT_TRUE(says(message(false, {"abcde"}, "none"), "row 7", "at most 6 tokens", "7", "'none'"));
  EXPECT_TRUE(says(message(false, {"a", "bcdef"}, "first"), "at most 6 tokens"));
  EXPECT_TRUE(says(message(true, {"abcd", "a", "b"}, "none"), "row 7", "at most 6 tokens", "got one of 8"));
  EXPECT_EQ(inputs(false, 6).rows({"abcde"}, "longest", "")[0].ids.size(), 6);
}

}  // namespace
}  // namespace rotor
