#include "autograd/recompute.h"

#include "autograd/elementwise.h"
#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Recompute, GivesTheBitsOfTheFunctionItselfDropoutIncluded) {
  const Tensor x = random_tensor({5, 8}, 1), y = random_tensor({5, 8}, 2), w = random_tensor({8, 8}, 3);
  auto results = [&](bool again) {
    const Variable a(x, true), b(y, true), weight(w, true);
    auto f = [weight](std::span<const Variable> in) {
      return mul(add_dropout(in[0], linear(in[0], weight, Variable()), 0.5f), dropout(in[1], 0.3f));
    };
    seed_random_operators(7);
    const Variable first = dropout(a, 0.2f);
    const Variable middle = again ? recompute({first, b}, f) : f(std::vector{first, b});
    const Variable last = dropout(middle, 0.4f);
    backward(sum(mul(last, last)));
    return std::vector{last.value(), a.gradient(), b.gradient(), weight.gradient()};
  };
  const auto plain = results(false), recomputed = results(true);
  for (size_t i = 0; i < plain.size(); ++i) expect_same_bits(recomputed[i], plain[i], fmt::format("result {}", i));
}

TEST(Recompute, GivesParametersTheirGradientsWhereNoInputNeedsOne) {
  const Tensor x = random_tensor({5, 8}, 1), w = random_tensor({8, 8}, 3);
  auto gradient = [&](bool again) {
    const Variable weight(w, true);
    auto f = [weight](std::span<const Variable> in) { return linear(in[0], weight, Variable()); };
    backward(sum(again ? recompute({Variable(x)}, f) : f(std::vector{Variable(x)})));
    return weight.gradient();
  };
  expect_same_bits(gradient(true), gradient(false), "weight");
  const Variable y = recompute({Variable(x)}, [](std::span<const Variable> in) { return scale(in[0], 2); });
  EXPECT_FALSE(y.needs_gradient()) << "nothing to differentiate";
}

TEST(Recompute, PassesTheGradientOfAnInputThatIsTheOutput) {
  const Variable x(random_tensor({3}, 1), true);
  const Variable y = recompute({x}, [](std::span<const Variable> in) { return reshape(in[0], {3}); });
  backward(sum(add(mul(y, y), x)));
  for (int64_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(x.gradient().data()[i], 2 * x.value().data()[i] + 1);
}

TEST(Recompute, RunsOnceWithoutRecordingAndTwiceWithABackwardPass) {
  int runs = 0;
  auto f = [&runs](std::span<const Variable> in) {
    ++runs;
    return scale(in[0], 2);
  };
  const Variable x(random_tensor({3}, 1), true);
  {
    const NoGrad no_grad;
    EXPECT_FALSE(recompute({x}, f).needs_gradient());
  }
  EXPECT_EQ(runs, 1);
  backward(sum(recompute({x}, f)));
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace rotor
