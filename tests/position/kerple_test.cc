#include "position/kerple.h"

#include "position/formula.h"

namespace rotor {
namespace {

/// The parameter of that name.
Tensor value_of(const PositionEncoding& encoding, const std::string& name) {
  for (const auto& [own, value] : encoding.values()) {
    if (own == name) return value;
  }
  fail("there is no parameter {}", name);
}

TEST(Kerple, SubtractsTheLogarithmOfTheDistance) {
  for (bool decoder : {false, true}) {
    const StackSizes sizes{24, 4, decoder};
    const auto encoding = make_kerple({}, sizes);
    encoding->initialise(1);
    const Tensor p = value_of(*encoding, "p"), a = value_of(*encoding, "a");
    p.data()[2] = -1;  // counts as the least value
    expect_scores(*encoding, sizes, [&](const Pair& pair) {
      const double size = pair.head == 2 ? 0.01 : p.data()[pair.head];
      const auto distance = static_cast<double>(std::abs(pair.m - pair.n));
      return pair.product() / std::sqrt(6) - size * std::log(1 + a.data()[pair.head] * distance);
    });
    expect_scores_of_distance_only(*encoding, sizes);
  }
}

TEST(Kerple, StartsAsTheAuthorsAndStaysAboveTheLeastValue) {
  const auto encoding = make_kerple({}, {64, 32});
  encoding->initialise(1);
  const Tensor p = value_of(*encoding, "p"), a = value_of(*encoding, "a");
  EXPECT_GT(*std::max_element(p.span().begin(), p.span().end()), 1.5f);
  EXPECT_LT(*std::max_element(p.span().begin(), p.span().end()), 2.f);
  EXPECT_LT(*std::max_element(a.span().begin(), a.span().end()), 1.f);
  p.data()[0] = a.data()[1] = -3;
  encoding->begin_update(1, 1);
  EXPECT_EQ(p.data()[0], 0.01f);
  EXPECT_EQ(a.data()[1], 0.01f);
}

TEST(Kerple, GivesNoGradientToAParameterBelowTheLeastValue) {
  const auto encoding = make_kerple({}, {4, 2});
  encoding->initialise(1);
  value_of(*encoding, "p").data()[0] = 0;
  const Tensor q = random_tensor({1, 2, 3, 2}, 1);
  backward(sum(encoding->on_scores(random_tensor({1, 2, 3, 3}, 2), q, q, {0, 3}, {0, 3})));
  const Tensor gradient = encoding->parameters()[0].variable.gradient();
  EXPECT_EQ(gradient.data()[0], 0);
  EXPECT_LT(gradient.data()[1], 0);
}

}  // namespace
}  // namespace rotor
