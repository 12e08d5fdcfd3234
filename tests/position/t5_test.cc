#include "position/t5.h"

#include "position/buckets.h"
#include "position/formula.h"

namespace rotor {
namespace {

PositionOptions options() {
  PositionOptions o;
  o.t5_buckets = 8;
  o.max_distance = 10;
  return o;
}

TEST(T5, AddsTheBiasOfItsBucketUnscaled) {
  for (bool decoder : {false, true}) {
    const StackSizes sizes{18, 3, decoder};
    const auto encoding = make_t5(options(), sizes);
    randomise(*encoding, 5);
    const auto bias = matrix(*encoding, "bias");
    const Buckets bucket(8, 10, decoder);
    expect_scores(*encoding, sizes, [&](const Pair& pair) {
      return pair.product() / std::sqrt(6) + bias(bucket(pair.n - pair.m), pair.head);
    });
    expect_scores_of_distance_only(*encoding, sizes);
  }
}

}  // namespace
}  // namespace rotor
