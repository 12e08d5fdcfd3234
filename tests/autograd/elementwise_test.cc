#include "autograd/elementwise.h"

#include <gtest/gtest.h>

#include <map>

#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "golden.h"
#include "kernel/heads.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Gradient, OfAdd) {
  expect_gradients([](const Inputs& x) { return add(x[0], x[1]); },
                   {random_tensor({3, 5}, 1), random_tensor({3, 5}, 2)});
}

TEST(Gradient, OfAddThatRepeatsItsSecondTerm) {
  expect_gradients([](const Inputs& x) { return add(x[0], x[1]); },
                   {random_tensor({2, 3, 5}, 1), random_tensor({3, 5}, 2)});
  expect_gradients([](const Inputs& x) { return add(x[0], x[1]); }, {random_tensor({4, 5}, 1), random_tensor({5}, 2)});
}

TEST(Add, RefusesShapesThatDoNotFit) {
  EXPECT_THROW(add(Tensor::zeros({2, 3}), Tensor::zeros({2})), Error);
  EXPECT_THROW(add(Tensor::zeros({3}), Tensor::zeros({2, 3})), Error);
  EXPECT_THROW(mul(Tensor::zeros({2, 3}), Tensor::zeros({3})), Error);
}

TEST(Gradient, OfMul) {
  expect_gradients([](const Inputs& x) { return mul(x[0], x[1]); },
                   {random_tensor({3, 5}, 1), random_tensor({3, 5}, 2)});
  expect_gradients([](const Inputs& x) { return mul(x[0], x[0]); }, {random_tensor({7}, 1)});
}

TEST(Gradient, OfScaleAndSum) {
  expect_gradients([](const Inputs& x) { return scale(x[0], -2.5f); }, {random_tensor({3, 5}, 1)});
  expect_gradients([](const Inputs& x) { return scale(transpose(x[0], 0, 1), 3); }, {random_tensor({3, 5}, 1)});
  expect_gradients([](const Inputs& x) { return sum(x[0]); }, {random_tensor({3, 5}, 1)});
}

/// The gate of gelu_tanh with factors of one, which is all that there is of it.
Variable gelu_tanh(const Variable& x) {
  return gelu_tanh_gate(x, Tensor::full(x.shape(), 1));
}

/// The activations by their names in the goldens.
const std::map<std::string, Variable (*)(const Variable&)> kActivations = {
    {"relu", relu}, {"gelu", gelu}, {"gelu_tanh", gelu_tanh}, {"swish", swish}};
const std::map<std::string, Variable (*)(const Variable&, const Variable&)> kGates = {{"gelu_tanh", gelu_tanh_gate},
                                                                                      {"swish", swish_gate}};

TEST(Gradient, OfActivationsAndGates) {
  expect_gradients([](const Inputs& x) { return relu(x[0]); }, {random_away_from_zero({3, 17}, 1)});
  for (auto f : {gelu, gelu_tanh, swish}) {
    expect_gradients([=](const Inputs& x) { return f(x[0]); }, {random_tensor({3, 17}, 1)});
  }
  for (auto f : {gelu_tanh_gate, swish_gate}) {
    expect_gradients([=](const Inputs& x) { return f(x[0], x[1]); },
                     {random_tensor({3, 17}, 1), random_tensor({3, 17}, 2)});
    expect_gradients([=](const Inputs& x) { return linear(f(x[0], x[1]), x[2], {}); },
                     {random_tensor({2, 5}, 1), random_tensor({2, 5}, 2), random_tensor({3, 5}, 3)});
  }
}

TEST(Activations, AgreeWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const auto& [name, f] : kActivations) {
    const Variable x(file.tensor(name + ".x"), true), y = f(x);
    golden::expect_near(y.value(), file.tensor(name + ".output"), 1e-6, name);
    backward(sum(mul(y, file.tensor(name + ".gradient.output"))));
    golden::expect_near(x.gradient(), file.tensor(name + ".gradient.x"), 1e-6, name);
  }
}

TEST(Gates, AgreeWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const auto& [name, f] : kGates) {
    auto read = [&](const std::string& part) { return file.tensor("gate." + name + "." + part); };
    const Variable x(read("x"), true), by(read("by"), true), y = f(x, by);
    golden::expect_near(y.value(), read("output"), 1e-6, name);
    backward(y, read("gradient.output"));
    golden::expect_near(x.gradient(), read("gradient.x"), 1e-6, name);
    golden::expect_near(by.gradient(), read("gradient.by"), 1e-6, name);
  }
}

TEST(Gates, AreComputedAgainAndNotHeldForLinearLayersOnThem) {
  for (const auto& [name, f] : kGates) {
    const Variable x(random_tensor({4, 5}, 1), true), by(random_tensor({4, 5}, 2), true), y = f(x, by);
    const Variable z = linear(y, Variable(random_tensor({7, 5}, 4), true), {});
    EXPECT_FALSE(y.value().is_shared()) << name;
    expect_same_bits(y.kept().value(), y.value(), name);
    EXPECT_THROW(f(x, random_tensor({5, 4}, 2)), Error) << name;
  }
}

TEST(Activations, NanStaysNanAndLargeNumbersStayFinite) {
  for (const auto& [name, f] : kActivations) {
    EXPECT_TRUE(std::isnan(f(Tensor::full({1}, NAN)).value().item())) << name;
    const Variable x(Tensor::of({4}, {-1e4f, -100, 100, 1e4f}), true), y = f(x);
    EXPECT_NEAR(y.value().data()[0], 0, 1e-6) << name;
    EXPECT_NEAR(y.value().data()[1], 0, 1e-6) << name;
    EXPECT_EQ(y.value().data()[2], 100) << name;
    EXPECT_EQ(y.value().data()[3], 1e4f) << name;
    backward(sum(y));
    for (int i : {0, 1, 2, 3}) EXPECT_NEAR(x.gradient().data()[i], i > 1, 1e-6) << name;
  }
}

TEST(Gradient, OfDropoutWithAFixedKey) {
  expect_gradients([](const Inputs& x) { return dropout(x[0], 0.4f); }, {random_tensor({5, 9}, 1)});
  expect_gradients([](const Inputs& x) { return add_dropout(x[0], x[1], 0.4f); },
                   {random_tensor({5, 9}, 1), random_tensor({5, 9}, 2)});
}

TEST(Dropout, ZeroesTheShareAskedForAndKeepsTheMean) {
  seed_random_operators(3);
  const Tensor y = dropout(Tensor::full({100, 1000}, 1), 0.25f).value();
  int64_t zeros = 0;
  double total = 0;
  for (float value : y.span()) {
    zeros += value == 0;
    total += value;
  }
  EXPECT_NEAR(zeros / 1e5, 0.25, 0.006);
  EXPECT_NEAR(total / 1e5, 1, 0.008);
}

TEST(Dropout, IsTheIdentityAtRateZeroAndUnderNoGrad) {
  const Tensor x = random_tensor({4, 5}, 1), y = random_tensor({4, 5}, 2), both = add(x, y).value();
  expect_same_bits(dropout(x, 0).value(), x, "rate 0");
  expect_same_bits(add_dropout(x, y, 0).value(), both, "rate 0");
  const NoGrad no_grad;
  expect_same_bits(dropout(x, 0.5f).value(), x, "no gradient");
  expect_same_bits(add_dropout(x, y, 0.5f).value(), both, "no gradient");
}

TEST(AddDropout, IsAddOfDropout) {
  const Tensor x = random_tensor({4, 50}, 1), y = random_tensor({4, 50}, 2);
  seed_random_operators(3);
  const Tensor fused = add_dropout(x, y, 0.3f).value();
  seed_random_operators(3);
  golden::expect_near(fused, add(x, dropout(y, 0.3f)).value(), 1e-6, "sum");
}

TEST(Dropout, DrawsAnotherMaskEachTime) {
  seed_random_operators(3);
  const Tensor ones = Tensor::full({1000}, 1);
  const Tensor first = dropout(ones, 0.5f).value(), second = dropout(ones, 0.5f).value();
  int same = 0;
  for (int i = 0; i < 1000; ++i) same += first.data()[i] == second.data()[i];
  EXPECT_NEAR(same, 500, 80);
}

TEST(Gradient, OfReshapeAndTranspose) {
  expect_gradients([](const Inputs& x) { return reshape(x[0], {5, -1}); }, {random_tensor({2, 3, 5}, 1)});
  expect_gradients(
      [](const Inputs& x) {
        return reshape(transpose(x[0], 0, 2), {6, 5});
      },
      {random_tensor({2, 3, 5}, 1)});
  expect_gradients([](const Inputs& x) { return transpose(x[0], 0, 2); }, {random_tensor({2, 3, 5}, 1)});
}

TEST(Gradient, OfSplitAndMergedHeads) {
  expect_gradients([](const Inputs& x) { return split_heads(x[0], 3); }, {random_tensor({2, 5, 6}, 1)});
  expect_gradients([](const Inputs& x) { return merge_heads(x[0]); }, {random_tensor({2, 3, 5, 2}, 1)});
  expect_gradients([](const Inputs& x) { return merge_heads(scale(split_heads(x[0], 2), 2)); },
                   {random_tensor({2, 5, 6}, 1)});
}

TEST(Gradient, OfRepeatedHeads) {
  expect_gradients([](const Inputs& x) { return repeat_heads(x[0], 3); }, {random_tensor({2, 2, 3, 2}, 1)});
  expect_gradients([](const Inputs& x) { return transpose(repeat_heads(split_heads(x[0], 2), 2), 2, 3); },
                   {random_tensor({2, 3, 6}, 1)});
}

TEST(Heads, RepeatEachOneInTurn) {
  const Tensor x = random_tensor({2, 2, 3, 4}, 1), y = repeat_heads(x, 2);
  EXPECT_EQ(y.shape(), Shape({2, 4, 3, 4}));
  for (int64_t h = 0; h < 4; ++h) expect_same_bits(y.narrow(1, h, 1), x.narrow(1, h / 2, 1), "head");
  EXPECT_THROW(sum_repeated_heads(y, 3), Error);
}

TEST(Heads, AreViewsThatMergeBackToWhatTheyWere) {
  const Variable x(random_tensor({2, 5, 6}, 1));
  const Variable heads = split_heads(x, 3);
  EXPECT_EQ(heads.shape(), Shape({2, 3, 5, 2}));
  EXPECT_EQ(heads.value().data()[heads.value().stride(1)], x.value().data()[2]) << "head 1 begins at number 2";
  EXPECT_EQ(merge_heads(heads).value().data(), x.value().data());
}

TEST(Elementwise, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({60, 400}, 1), b = random_tensor({400}, 2);
  expect_the_same_for_any_threads([&] {
    seed_random_operators(1);
    const Variable in(x, true), bias(b, true);
    const Variable gates = swish_gate(in, gelu_tanh_gate(swish(in), gelu_tanh(in)));
    const Variable y = add(add_dropout(gelu(add(in, bias)), dropout(relu(in), 0.1f), 0.2f), gates),
                   total = sum(mul(y, in));
    backward(total);
    const Variable heads(x.reshape({3, 4, 50, 40}), true), repeated = repeat_heads(heads, 3);
    backward(repeated, repeated.value());
    return std::vector{y.value(), total.value(), in.gradient(), bias.gradient(), repeated.value(), heads.gradient()};
  });
}

}  // namespace
}  // namespace rotor
