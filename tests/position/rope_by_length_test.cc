#include "position/rope_by_length.h"

#include "position/formula.h"
#include "position/rope_frequencies.h"

namespace rotor {
namespace {

PositionOptions options(const std::string& kind, const std::string& layout) {
  PositionOptions o;
  o.rope_base = 50;
  o.rope_layout = layout;
  o.rope_fraction = 0.5;
  o.rope_scaling.kind = kind;
  o.rope_scaling.factor = 3;
  o.rope_scaling.original_length = 6;
  o.rope_scaling.short_factors = {"1", "1.5", "2"};
  o.rope_scaling.long_factors = {"1.25", "3", "7.5"};
  return o;
}

TEST(RopeByLength, TurnsEachPairOfTokensAsATextThatEndsWithTheLaterOne) {
  for (const std::string kind : {"dynamic-ntk", "longrope"}) {
    for (const std::string layout : {"interleaved", "half"}) {
      const PositionOptions o = options(kind, layout);
      const StackSizes encoder{24, 2, false};
      const double size = rope_attention_factor(o.rope_scaling);
      expect_scores(*make_rope_by_length(o, encoder), encoder, [&](const Pair& pair) {
        const auto frequencies = rope_frequencies(o, 6, std::max(pair.m, pair.n) + 1);
        double sum = 0;
        for (int64_t i = 0; i < 3; ++i) {
          const int64_t a = layout == "half" ? i : 2 * i, b = layout == "half" ? i + 3 : 2 * i + 1;
          const double angle = static_cast<double>(pair.m - pair.n) * frequencies[i];
          const double inner = pair.q[a] * pair.k[a] + pair.q[b] * pair.k[b];
          const double cross = pair.q[b] * pair.k[a] - pair.q[a] * pair.k[b];
          sum += size * size * (std::cos(angle) * inner - std::sin(angle) * cross);
        }
        for (int64_t c = 6; c < 12; ++c) sum += static_cast<double>(pair.q[c]) * pair.k[c];
        return sum / std::sqrt(12);
      });
    }
  }
}

TEST(RopeByLength, LeavesScoresOfTheOriginalLengthAlone) {
  const auto rope = make_rope_by_length(options("dynamic-ntk", "half"), {24, 2, true});
  const Tensor q = random_tensor({1, 2, 6, 12}, 1), scores = random_tensor({1, 2, 6, 6}, 2);
  golden::expect_near(rope->on_scores(scores, q, q, {0, 6}, {0, 6}).value(), scores, 0, "6 tokens");
  EXPECT_TRUE(rope->touches().scores);
}

}  // namespace
}  // namespace rotor
