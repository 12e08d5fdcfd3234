#include "autograd/variable.h"

#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "golden.h"
#include "random_tensor.h"

namespace rotor {
namespace {

Variable leaf(std::vector<float> values) {
  const auto size = static_cast<int64_t>(values.size());
  return {Tensor::of({size}, values), true};
}

std::vector<float> numbers(const Tensor& x) {
  const Tensor y = x.contiguous();
  return {y.span().begin(), y.span().end()};
}

TEST(Backward, AddsTheGradientsOfEveryUse) {
  const Variable x = leaf({2, 3});
  backward(sum(add(mul(x, x), add(x, x))));  // x² + 2x
  EXPECT_EQ(numbers(x.gradient()), (std::vector<float>{6, 8}));
}

TEST(Backward, SharedGradientsAreNotWrittenThrough) {
  const Variable a = leaf({1, 2}), b = leaf({3, 4});
  const Variable both = add(a, b);                         // passes one gradient to a and b
  backward(sum(add(both, mul(a, Tensor::full({2}, 5)))));  // a alone gets more
  EXPECT_EQ(numbers(a.gradient()), (std::vector<float>{6, 6}));
  EXPECT_EQ(numbers(b.gradient()), (std::vector<float>{1, 1}));
}

TEST(Backward, ViewsAndTheirSourceKeepTheirOwnGradients) {
  const Variable x(random_tensor({2, 3}, 1), true);
  const Variable y = transpose(x, 0, 1);
  backward(add(sum(reshape(y, {6})), sum(mul(x, Tensor::full({2, 3}, 2)))));
  for (float value : numbers(x.gradient())) EXPECT_EQ(value, 3);
}

TEST(Backward, AddsToTheGradientGivenInPlace) {
  const Variable weight(random_tensor({2, 3}, 1), true);
  Variable same = weight;
  const Tensor buffer = Tensor::full({2, 3}, 10);
  same.set_gradient(buffer);
  for (int i = 0; i < 2; ++i) backward(sum(linear(Tensor::full({1, 3}, 1), weight, {})));
  EXPECT_EQ(weight.gradient().data(), buffer.data());
  EXPECT_EQ(numbers(buffer), std::vector<float>(6, 12));
}

TEST(Backward, FreesTheTapeAndItsGradients) {
  const Variable x = leaf({1, 2});
  const Variable middle = mul(x, x);
  const Variable y = sum(middle);
  backward(y);
  EXPECT_FALSE(middle.gradient().defined());
  backward(y);  // nothing is left to walk
  EXPECT_EQ(numbers(x.gradient()), (std::vector<float>{2, 4}));
}

TEST(Backward, LeavesConstantsAlone) {
  const Variable x = leaf({1, 2}), constant(Tensor::of({2}, {3, 4}));
  backward(sum(mul(x, constant)));
  EXPECT_FALSE(constant.gradient().defined());
  EXPECT_EQ(numbers(x.gradient()), (std::vector<float>{3, 4}));
}

TEST(Backward, OfALeafAddsToItsGradientAndCallsItsHook) {
  Variable x = leaf({1, 2});
  const Tensor buffer = Tensor::full({2}, 10);
  x.set_gradient(buffer);
  int calls = 0;
  x.on_gradient([&calls] { ++calls; });
  for (int i = 0; i < 2; ++i) backward(x, Tensor::of({2}, {3, 4}));
  EXPECT_EQ(x.gradient().data(), buffer.data());
  EXPECT_EQ(numbers(buffer), (std::vector<float>{16, 18}));
  EXPECT_EQ(calls, 2);
}

TEST(Backward, WantsAScalar) {
  EXPECT_THROW(backward(mul(leaf({1, 2}), leaf({1, 2}))), Error);
}

TEST(Backward, WalksALongTapeWithoutRecursion) {
  const Variable x = leaf({1});
  Variable y = x;
  for (int i = 0; i < 30000; ++i) y = scale(y, 1);
  backward(sum(y));
  EXPECT_EQ(numbers(x.gradient()), (std::vector<float>{1}));
}

TEST(Kept, IsTheValueItself) {
  const Variable x = leaf({2, 3});
  EXPECT_EQ(x.kept().value().data(), x.value().data());
}

TEST(Kept, ByARecipeIsComputedOnceWhenFirstNeeded) {
  int times = 0;
  Variable x = leaf({2, 3});
  x.keep_by([&times] { return ++times, Tensor::of({2}, {2, 3}); });
  const Kept first = x.kept(), second = x.kept();
  EXPECT_EQ(times, 0);
  EXPECT_EQ(numbers(first.value()), (std::vector<float>{2, 3}));
  EXPECT_EQ(second.value().data(), first.value().data());
  EXPECT_EQ(times, 1);
}

TEST(Kept, ByARecipeIsNotHeldForTheLastWhoKeepsIt) {
  Variable x = leaf({2, 3});
  x.keep_by([] { return Tensor::of({2}, {2, 3}); });
  const Kept last = x.kept();
  {
    const Kept first = x.kept();
    first.value();
  }
  x = Variable();
  EXPECT_EQ(numbers(last.value()), (std::vector<float>{2, 3}));
  EXPECT_FALSE(last.value().is_shared());
}

TEST(NoGrad, RecordsNothingWhileItLives) {
  const Variable x = leaf({1, 2});
  {
    const NoGrad outer;
    { const NoGrad inner; }
    EXPECT_FALSE(recording());
    EXPECT_FALSE(mul(x, x).needs_gradient());
  }
  EXPECT_TRUE(recording());
  EXPECT_TRUE(mul(x, x).needs_gradient());
}

TEST(RandomOperators, RepeatFromTheirSeedAndDifferFromCallToCall) {
  seed_random_operators(5);
  const uint64_t first = next_random_key(), second = next_random_key();
  EXPECT_NE(first, second);
  seed_random_operators(5);
  EXPECT_EQ(next_random_key(), first);
  seed_random_operators(6);
  EXPECT_NE(next_random_key(), first);
}

}  // namespace
}  // namespace rotor
