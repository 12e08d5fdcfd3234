#include "data/column_tally.h"

#include <gtest/gtest.h>

#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

TEST(ColumnTally, CountsTokensAndUnknownOnesAndDigestsLines) {
  const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  ColumnTally tally(bytes);
  tally.add("ab", {5, bytes.specials().unk, 6});
  tally.add("", {});
  const BinarisedColumn column = tally.finish();
  EXPECT_EQ(column.tokens, 3);
  EXPECT_EQ(column.unknown, 1);
  EXPECT_EQ(column.sha256, sha256("ab\n\n"));
  EXPECT_EQ(column.text(), "3 tokens, 33.333 % unknown");
  EXPECT_EQ(BinarisedColumn().text(), "0 tokens, 0.000 % unknown");
}

}  // namespace
}  // namespace rotor
