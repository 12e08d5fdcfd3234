#include "position/xpos.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "position/formula.h"
#include "position/rope.h"

namespace rotor {
namespace {

constexpr StackSizes kDecoder{24, 2, true};

PositionOptions options(const std::string& layout, double scale_base) {
  PositionOptions o;
  o.rope_layout = layout;
  o.xpos_scale_base = scale_base;
  return o;
}

TEST(Xpos, IsRopeTimesADecayForEachPair) {
  for (const std::string layout : {"interleaved", "half"}) {
    expect_scores(*make_xpos(options(layout, 8), kDecoder), kDecoder, [&](const Pair& pair) {
      double sum = 0;
      const auto distance = static_cast<double>(pair.m - pair.n);
      for (int64_t i = 0; i < 6; ++i) {
        const int64_t a = layout == "half" ? i : 2 * i, b = layout == "half" ? i + 6 : 2 * i + 1;
        const double angle = distance * std::pow(10000, -2 * static_cast<double>(i) / 12);
        const double zeta = (2 * static_cast<double>(i) + 0.4 * 12) / (1.4 * 12);
        const double inner = pair.q[a] * pair.k[a] + pair.q[b] * pair.k[b];
        const double cross = pair.q[b] * pair.k[a] - pair.q[a] * pair.k[b];
        sum += std::pow(zeta, distance / 8) * (std::cos(angle) * inner - std::sin(angle) * cross);
      }
      return sum / std::sqrt(12);
    });
  }
}

TEST(Xpos, ScoresDependOnlyOnDistance) {
  expect_scores_of_distance_only(*make_xpos(options("interleaved", 512), kDecoder), kDecoder);
}

TEST(Xpos, IsRopeInTheEncoder) {
  const StackSizes encoder{24, 2, false};
  const Tensor x = random_tensor({1, 2, 9, 12}, 1);
  const auto xpos = make_xpos({}, encoder), rope = make_rope({}, encoder);
  golden::expect_near(xpos->on_keys(x, {5, 9}).value(), rope->on_keys(x, {5, 9}).value(), 0, "keys");
  golden::expect_near(xpos->on_queries(x, {5, 9}).value(), rope->on_queries(x, {5, 9}).value(), 0, "queries");
}

/// While it lives, numbers too small to be normal are zero in this thread, as in commands.
class FlushesToZero {
 public:
#if defined(__SSE__)
  FlushesToZero() : before_(_mm_getcsr()) {
    _mm_setcsr(before_ | 0x8040);
  }
  ~FlushesToZero() {
    _mm_setcsr(before_);
  }

 private:
  unsigned before_;
#endif
};

/// The query of the last position has the product with the keys there that both have without positions.
TEST(Xpos, KeepsSmallQueriesAndLargeKeysUpToItsLastPosition) {
  const auto xpos = make_xpos({}, kDecoder);
  const Range last{xpos->max_positions() - 1, 1};
  const Tensor q = Tensor::full({1, 2, 1, 12}, 0.003f), k = Tensor::full({1, 2, 1, 12}, 20);
  const FlushesToZero flushes;
  golden::expect_near(scores_of(*xpos, q, k, last, last),
                      Tensor::full({1, 2, 1, 1}, 12 * 0.003f * 20 / std::sqrt(12.f)), 1e-5, "the last position");
}

TEST(Xpos, RefusesPositionsWhoseScalesOverflow) {
  const auto xpos = make_xpos({}, kDecoder);
  EXPECT_EQ(xpos->max_positions(), 31'879);
  const Tensor x = Tensor::full({1, 2, 1, 12}, 1);
  xpos->on_keys(x, {31'878, 1});
  try {
    xpos->on_keys(x, {31'879, 1});
    FAIL() << "31,880 tokens";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--xpos-scale-base"), std::string::npos) << error.what();
  }
}

TEST(Xpos, OfAHugeScaleBaseServesAnyLength) {
  EXPECT_EQ(make_xpos(options("half", 1e300), kDecoder)->max_positions(), kUnlimitedPositions);
  EXPECT_EQ(make_xpos(options("half", 1e-300), kDecoder)->max_positions(), 1);
}

}  // namespace
}  // namespace rotor
