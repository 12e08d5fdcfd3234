#include "position/deberta.h"

#include "position/formula.h"

namespace rotor {
namespace {

constexpr StackSizes kSizes{18, 3};

struct Layer {
  explicit Layer(int64_t reach) {
    PositionOptions options;
    options.max_relative_position = reach;
    stack = make_deberta(options, kSizes);
    randomise(*stack, 5);
    randomise(q_proj, 6);
    randomise(k_proj, 7);
    encoding = stack->for_layer(q_proj, k_proj);
  }

  /// Row δ of the table through a projection, number c.
  double projected(const Linear& projection, int64_t row, int64_t c) const {
    const auto relative = matrix(*stack, "relative"), weight = matrix(projection, "weight");
    double sum = projection.bias.value().data()[c];
    for (int64_t j = 0; j < 18; ++j) sum += weight(c, j) * relative(row, j);
    return sum;
  }

  Linear q_proj{18, 18, zeros(), zeros()}, k_proj{18, 18, zeros(), zeros()};
  std::unique_ptr<PositionEncoding> stack;
  std::shared_ptr<const PositionEncoding> encoding;
};

TEST(Deberta, AddsContentToPositionAndPositionToContent) {
  for (int64_t reach : {1, 4, 30}) {
    const Layer layer(reach);
    expect_scores(*layer.encoding, kSizes, [&](const Pair& pair) {
      const int64_t row = std::clamp<int64_t>(pair.m - pair.n + reach, 0, 2 * reach - 1);
      double sum = pair.product();
      for (int64_t c = 0; c < 6; ++c) {
        sum += pair.q[c] * layer.projected(layer.k_proj, row, pair.head * 6 + c) +
               pair.k[c] * layer.projected(layer.q_proj, row, pair.head * 6 + c);
      }
      return sum / std::sqrt(18);
    });
  }
}

TEST(Deberta, ScoresDependOnlyOnDistance) {
  expect_scores_of_distance_only(*Layer(4).encoding, kSizes);
}

TEST(Deberta, DoesNothingSilentlyWithoutALayersProjections) {
  const Layer layer(4);
  const Tensor q = Tensor::zeros({1, 3, 2, 6}), scores = Tensor::zeros({1, 3, 2, 2});
  EXPECT_THROW(layer.stack->on_scores(scores, q, q, {0, 2}, {0, 2}), Error);
}

}  // namespace
}  // namespace rotor
