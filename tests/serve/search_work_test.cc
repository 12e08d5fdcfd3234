#include "serve/search_work.h"

#include <gtest/gtest.h>

#include <limits>

namespace rotor {
namespace {

TEST(SearchWork, IsThatOfTheBeamAndTheGreatestLength) {
  SearchOptions options;  // beam 5, greatest length 200
  const SearchInput input{{3, 4, 2}};
  EXPECT_EQ(most_work(input, options), 5 * 201);
  EXPECT_EQ(likely_work(input, options), 5 * (2 * 3 + 10 + 1));
  options.min_len = 100;
  EXPECT_EQ(likely_work(input, options), 5 * 101);
  options.max_len_b = 7;
  EXPECT_EQ(likely_work(input, options), 5 * 8);
  options.min_len = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(likely_work(input, options), 5 * 8);
}

TEST(SearchWork, KeepsWeightsOfEachTokenToEachOfTheSource) {
  SearchOptions options;
  options.nbest = 2;
  EXPECT_EQ(most_weights({{3, 4, 2}}, options), 2 * 201 * 3);
  options.max_len_b = 7;
  EXPECT_EQ(most_weights({{3, 4, 2}}, options), 2 * 8 * 3);
}

}  // namespace
}  // namespace rotor
