#include "score/numpy_random.h"

#include <gtest/gtest.h>

#include "score/golden.h"

namespace rotor {
namespace {

TEST(NumpyRandom, DrawsWhatNumpyDraws) {
  const auto golden = read_golden("significance.json");
  ASSERT_FALSE(golden["numbers"].empty());
  for (const auto& numbers : golden["numbers"]) {
    const auto seed = numbers["seed"].get<uint64_t>();
    NumpyRandom random(seed);
    for (const auto& bits : numbers["bits"]) EXPECT_EQ(random.next64(), bits.get<uint64_t>()) << seed;
    NumpyRandom bounded(seed);
    for (const auto& case_of_n : numbers["below"]) {
      const auto n = case_of_n[0].get<uint32_t>();
      for (const auto& draw : case_of_n[1]) {
        EXPECT_EQ(bounded.below(n), draw.get<uint32_t>()) << seed << " below " << n;
      }
    }
  }
}

}  // namespace
}  // namespace rotor
