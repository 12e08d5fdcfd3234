#include "position/cope.h"

#include "position/formula.h"

namespace rotor {
namespace {

TEST(Cope, HasOneTableForAllHeadsThatStartsAtZero) {
  PositionOptions options;
  options.cope_positions = 9;
  const auto encoding = make_cope(options, {24, 4, true});
  encoding->initialise(1);
  ASSERT_EQ(encoding->parameters().size(), 1u);
  EXPECT_EQ(encoding->parameters()[0].variable.shape(), (Shape{9, 6}));
  const Tensor scores = random_tensor({1, 4, 3, 3}, 1), q = random_tensor({1, 4, 3, 6}, 2);
  golden::expect_near(encoding->on_scores(scores, q, q, {0, 3}, {0, 3}).value(), scores, 0, "zeros");
}

/// With the query's own key alone, p is its gate, between the first two positions.
TEST(Cope, MultipliesTheUnscaledQueryByTheEntryOfItsPosition) {
  PositionOptions options;
  options.cope_positions = 2;
  const auto encoding = make_cope(options, {4, 1, true});
  encoding->initialise(1);
  encoding->parameters()[0].variable.value().copy_from(Tensor::of({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}));
  const Tensor q = Tensor::of({1, 1, 1, 4}, {1, 0, 0.5, 0}), scores = Tensor::of({1, 1, 1, 1}, {0.3f});
  const double gate = 1 / (1 + std::exp(-0.3)), first = 2 * (1 + 1.5), second = 2 * (5 + 3.5);  // √d = 2
  EXPECT_NEAR(encoding->on_scores(scores, q, q, {0, 1}, {0, 1}).value().data()[0],
              0.3 + (1 - gate) * first + gate * second, 1e-5);
}

}  // namespace
}  // namespace rotor
