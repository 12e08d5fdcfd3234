#include "kernel/mask.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rotor {
namespace {

TEST(AttentionMask, SaysWhichKeysAQueryAndABlockOfQueriesSees) {
  constexpr int64_t kKeys = 9;
  for (const bool causal : {false, true}) {
    for (int64_t first_query : {0, 2, 7}) {
      for (int64_t window : {0, 1, 2, 5, 9, 20}) {
        for (int32_t length : {0, 1, 6, 9}) {
          const AttentionMask mask{{9, length}, {}, causal, first_query, window};
          for (int64_t i = 0; i < 6; ++i) {
            for (int64_t count = 1; i + count <= 6; ++count) {
              const KeyRange seen = mask.visible(1, i, count, kKeys);
              ASSERT_LE(0, seen.begin);
              ASSERT_LE(seen.begin, seen.end);
              for (int64_t j = 0; j < kKeys; ++j) {
                bool expected = false;
                for (int64_t at = first_query + i; at < first_query + i + count; ++at) {
                  expected |= j < length && (!causal || j <= at) && (window == 0 || std::abs(at - j) < window);
                }
                EXPECT_EQ(seen.begin <= j && j < seen.end, expected)
                    << "key " << j << ", " << count << " queries from " << first_query + i << ", window " << window;
              }
              EXPECT_EQ(mask.visible(1, i, kKeys), mask.visible(1, i, 1, kKeys));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace rotor
