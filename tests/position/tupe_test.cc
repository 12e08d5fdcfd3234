#include "position/tupe.h"

#include "position/buckets.h"
#include "position/formula.h"

namespace rotor {
namespace {

PositionOptions options() {
  PositionOptions o;
  o.max_positions = 23;
  o.t5_buckets = 8;
  o.max_distance = 10;
  return o;
}

TEST(Tupe, AddsPositionsByTheirOwnProjectionsAndABiasUnscaled) {
  for (bool decoder : {false, true}) {
    const StackSizes sizes{18, 3, decoder};
    const auto encoding = make_tupe(options(), sizes);
    randomise(*encoding, 5);
    const auto positions = matrix(*encoding, "positions"), u_q = matrix(*encoding, "query_projection"),
               u_k = matrix(*encoding, "key_projection"), bias = matrix(*encoding, "bias");
    const Buckets bucket(8, 10, decoder);
    auto projected = [&](const auto& u, int64_t m, int64_t row) {
      double sum = 0;
      for (int64_t j = 0; j < 18; ++j) sum += u(row, j) * positions(m, j);
      return sum;
    };
    expect_scores(*encoding, sizes, [&](const Pair& pair) {
      double sum = pair.product();
      for (int64_t c = pair.head * 6; c < pair.head * 6 + 6; ++c) {
        sum += projected(u_q, pair.m, c) * projected(u_k, pair.n, c);
      }
      return sum / std::sqrt(12) + bias(bucket(pair.n - pair.m), pair.head);
    });
  }
}

TEST(Tupe, NamesTheOptionForMorePositions) {
  const Tensor q = Tensor::zeros({1, 3, 1, 6}), k = Tensor::zeros({1, 3, 24, 6});
  for (const bool prepared : {false, true}) {
    const auto encoding = make_tupe(options(), {18, 3, true});
    if (prepared) encoding->prepare(WeightType::kFloat32);
    try {
      encoding->on_scores(Tensor::zeros({1, 3, 1, 24}), q, k, {23, 1}, {0, 24});
      FAIL() << "position 23 of 23";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("--max-positions"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace rotor
