#include "data/sentence_row.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

using Ids = std::vector<int32_t>;
constexpr SpecialTokens kSpecials{.bos = 101, .pad = 0, .eos = 102, .unk = 100, .mask = 103};

TEST(SentenceRow, FramesTextsAsBertDoes) {
  const SentenceRow one = sentence_row({{7, 8}}, kSpecials, "none", 99);
  EXPECT_EQ(one.ids, (Ids{101, 7, 8, 102}));
  EXPECT_EQ(one.types, (Ids{0, 0, 0, 0}));
  const SentenceRow two = sentence_row({{7, 8}, {9}}, kSpecials, "none", 99);
  EXPECT_EQ(two.ids, (Ids{101, 7, 8, 102, 9, 102}));
  EXPECT_EQ(two.types, (Ids{0, 0, 0, 0, 1, 1}));
}

TEST(SentenceRow, CountsItsFrameWhenItIsCut) {
  const SentenceRow row = sentence_row({{7, 8, 9}, {1, 2}}, kSpecials, "longest", 6);
  EXPECT_EQ(row.ids.size(), 6u);
  EXPECT_EQ(sentence_row_length({3, 2}, "longest", 6), 6);
  EXPECT_EQ(sentence_row_length({3, 2}, "none", 6), 8);
  EXPECT_EQ(sentence_row_length({3}, "longest", 6), 5);
}

}  // namespace
}  // namespace rotor
