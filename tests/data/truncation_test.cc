#include "data/truncation.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

using Lengths = std::vector<int64_t>;
using Ids = std::vector<int32_t>;

TEST(Truncation, LeavesWhatFits) {
  for (const std::string& name : truncation_names()) {
    EXPECT_EQ(kept_lengths({3, 4}, 7, name), (Lengths{3, 4})) << name;
    EXPECT_EQ(kept_lengths({7}, 7, name), (Lengths{7})) << name;
  }
  EXPECT_EQ(kept_lengths({9, 9}, 7, "none"), (Lengths{9, 9}));
}

/// Takes one token after the other from the longer text, the second one where both are as long, as BERT's code and
/// Hugging Face's tokenizers do.
Lengths one_by_one(Lengths lengths, int64_t room) {
  while (lengths[0] + lengths[1] > room) --(lengths[0] > lengths[1] ? lengths[0] : lengths[1]);
  return lengths;
}

TEST(Truncation, OfTheLongestTakesTokensOneByOne) {
  for (int64_t first = 1; first < 9; ++first) {
    for (int64_t second = 1; second < 9; ++second) {
      for (int64_t room = 2; room < 17; ++room) {
        EXPECT_EQ(kept_lengths({first, second}, room, "longest"), one_by_one({first, second}, room))
            << first << " " << second << " " << room;
      }
    }
  }
  EXPECT_EQ(kept_lengths({9}, 4, "longest"), (Lengths{4}));
  EXPECT_EQ(kept_lengths({9, 5}, -1, "longest"), (Lengths{0, 0})) << "which does not fit";
}

TEST(Truncation, OfOneTextLeavesTheOther) {
  EXPECT_EQ(kept_lengths({9, 5}, 8, "first"), (Lengths{3, 5}));
  EXPECT_EQ(kept_lengths({5, 9}, 8, "second"), (Lengths{5, 3}));
  EXPECT_EQ(kept_lengths({9, 9}, 8, "first"), (Lengths{1, 9})) << "which does not fit, and is left out";
}

TEST(Truncation, KeepsTheBeginningOrBothEnds) {
  const Ids ids{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(truncated(ids, 10, "head-and-tail"), ids);
  EXPECT_EQ(truncated(ids, 4, "longest"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(truncated(ids, 4, "head-and-tail"), (Ids{1, 8, 9, 10}));
  EXPECT_EQ(truncated(ids, 3, "head-and-tail"), (Ids{8, 9, 10}));
}

}  // namespace
}  // namespace rotor
