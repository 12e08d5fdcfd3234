#include "position/buckets.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

/// E + trunc(ln(a/E) / ln(M/E) · (B' − E)) by whole numbers: the largest step whose power a reaches.
int64_t bucket_of(int64_t a, int64_t side, int64_t max_distance) {
  const int64_t exact = side / 2, wide = side - exact;
  if (a < exact) return a;
  int64_t step = 0;
  auto reaches = [&](int64_t s) {  // (a/E)^wide >= (M/E)^s, with room for rounding where they are equal
    return std::pow(static_cast<long double>(a) / exact, wide) >=
           std::pow(static_cast<long double>(max_distance) / exact, s) * (1 - 1e-12L);
  };
  while (exact + step + 1 < side && reaches(step + 1)) ++step;
  return exact + step;
}

TEST(Buckets, FollowTheFormulaOnBothSides) {
  for (auto [count, max_distance] : {std::pair<int64_t, int64_t>{32, 128}, {8, 10}, {20, 50}, {64, 256}, {6, 1000}}) {
    const Buckets both(count, max_distance, false), one(count, max_distance, true);
    for (int64_t distance = -2000; distance <= 2000; ++distance) {
      const int64_t first = distance > 0 ? count / 2 : 0;
      EXPECT_EQ(both(distance), first + bucket_of(std::abs(distance), count / 2, max_distance)) << distance;
      EXPECT_EQ(one(distance), bucket_of(std::max<int64_t>(-distance, 0), count, max_distance)) << distance;
    }
  }
}

/// At 16, 32 and 64 the logarithms of T5's own sizes are whole: rounding must not put them a bucket lower.
TEST(Buckets, ChangeExactlyAtPowersOfTwo) {
  const Buckets both(32, 128, false), one(32, 128, true);
  int64_t bucket = 8;
  for (int64_t a : {16, 32, 64}) {
    bucket += 2;
    EXPECT_EQ(both(-a), bucket) << a;
    EXPECT_EQ(both(1 - a), bucket - 1) << a;
  }
  EXPECT_EQ(one(-15), 15);
  EXPECT_EQ(one(-16), 16);
  EXPECT_EQ(one(-127), 31);
  EXPECT_EQ(one(5), 0) << "a key after the query";
}

TEST(Buckets, RefuseSizesThatLeaveNoBuckets) {
  const StackSizes sizes{16, 2};
  for (auto [count, max_distance] : {std::pair<int64_t, int64_t>{31, 128}, {32, 16}}) {
    PositionOptions options;
    options.t5_buckets = count;
    options.max_distance = max_distance;
    EXPECT_THROW(make_buckets(options, sizes), Error) << count << ", " << max_distance;
  }
}

}  // namespace
}  // namespace rotor
