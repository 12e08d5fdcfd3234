#include "search/ordered_writer.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

using Items = std::vector<int64_t>;

TEST(OrderedWriter, WritesWhatNothingHoldsUp) {
  Items written;
  OrderedWriter writer(6, [&](int64_t item) { written.push_back(item); });
  EXPECT_FALSE(writer.ready(Items{}));
  EXPECT_FALSE(writer.ready(Items{2, 4}));
  EXPECT_TRUE(writer.ready(Items{1, 0}));
  EXPECT_EQ(written, (Items{0, 1, 2}));
  EXPECT_FALSE(writer.ready(Items{5}));
  EXPECT_TRUE(writer.ready(Items{3}));
  EXPECT_EQ(written, (Items{0, 1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace rotor
