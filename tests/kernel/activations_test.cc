// The activations against their formulas in double, and their gradients against differences of these.
#include "kernel/activations.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

double swish_of(double x) {
  return x / (1 + std::exp(-x));
}
double gelu_of(double x) {
  return 0.5 * x * (1 + std::erf(x / std::sqrt(2.)));
}
double gelu_tanh_of(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

struct Case {
  const char* name;
  double (*formula)(double);
  Tensor (*forward)(const Tensor&);
  Tensor (*backward)(const Tensor&, const Tensor&);
};
/// The gate of gelu_tanh with factors of one, which is all that there is of it.
Tensor gelu_tanh(const Tensor& x) {
  return gelu_tanh_gate(x, Tensor::full(x.shape(), 1));
}
Tensor gelu_tanh_backward(const Tensor& gradient, const Tensor& x) {
  return gelu_tanh_gate_backward(gradient, x, Tensor::full(x.shape(), 1)).x;
}

const Case kCases[] = {{"gelu", gelu_of, gelu, gelu_backward},
                       {"swish", swish_of, swish, swish_backward},
                       {"gelu_tanh", gelu_tanh_of, gelu_tanh, gelu_tanh_backward}};

/// Numbers from −9 to 9, an odd number of them, so that vectors have a rest.
Tensor line() {
  Tensor x({181});
  for (int64_t i = 0; i < x.elements(); ++i) x.data()[i] = static_cast<float>(i - 90) / 10;
  return x;
}

TEST(Activations, AreTheirFormulas) {
  const Tensor x = line(), gradient = random_tensor(x.shape(), 1);
  for (const auto& [name, formula, forward, backward] : kCases) {
    const Tensor y = forward(x), d = backward(gradient, x);
    for (int64_t i = 0; i < x.elements(); ++i) {
      const double at = x.data()[i], h = 1e-4;
      EXPECT_NEAR(y.data()[i], formula(at), 2e-6) << name << " of " << at;
      EXPECT_NEAR(d.data()[i], gradient.data()[i] * (formula(at + h) - formula(at - h)) / (2 * h), 5e-6)
          << "gradient of " << name << " at " << at;
    }
  }
}

TEST(Activations, OfHugeNumbersAreTheIdentityOrNothing) {
  const Tensor x = Tensor::of({4}, {-1e4f, -200, 200, 1e4f}), ones = Tensor::full({4}, 1);
  for (const auto& [name, formula, forward, backward] : kCases) {
    const Tensor y = forward(x), d = backward(ones, x);
    for (int64_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(y.data()[i], i < 2 ? 0 : x.data()[i], 1e-20) << name;
      EXPECT_NEAR(d.data()[i], i < 2 ? 0 : 1, 1e-20) << name;
    }
  }
}

/// One of 4,099 of all floats from −12.75 up.
Tensor floats() {
  std::vector<float> all;
  for (uint64_t bits = 0; bits <= std::numeric_limits<uint32_t>::max(); bits += 4099) {
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (std::isfinite(x) && x > -12.75f) all.push_back(x);
  }
  return Tensor::of({std::ssize(all)}, all);
}

TEST(Activations, GeluIsExactToAFewBitsOfItselfFarOutToo) {
  const Tensor x = floats(), y = gelu(x), slope = gelu_backward(Tensor::full(x.shape(), 1), x);
  double worst = 0, worst_slope = 0;
  for (int64_t i = 0; i < x.elements(); ++i) {
    const double at = x.data()[i], below = 0.5 * std::erfc(-at / std::sqrt(2.)), value = at * below;
    const double density = at > 40 ? 0 : at * std::exp(-0.5 * at * at) / std::sqrt(2 * M_PI);
    if (std::abs(value) > 3e-38) worst = std::max(worst, std::abs(y.data()[i] / value - 1));
    worst_slope =
        std::max(worst_slope, std::abs(slope.data()[i] - below - density) / std::max(below, std::abs(density)));
  }
  EXPECT_LT(worst, 4e-7);
  EXPECT_LT(worst_slope, 4e-7);
}

TEST(Activations, KeepWhatIsNoNumber) {
  const Tensor x = Tensor::of({1}, {NAN}), one = Tensor::full({1}, 1);
  for (const Case& activation : kCases) {
    EXPECT_TRUE(std::isnan(activation.forward(x).item())) << activation.name;
    EXPECT_TRUE(std::isnan(activation.backward(one, x).item())) << activation.name;
  }
}

TEST(Activations, ReluCutsBelowZero) {
  const Tensor y = relu(Tensor::of({5}, {-2, -0.f, 0, 1, 3}));
  EXPECT_EQ(std::vector<float>(y.data(), y.data() + 5), (std::vector<float>{0, 0, 0, 1, 3}));
  const Tensor d = relu_backward(Tensor::of({5}, {1, 2, 3, 4, 5}), y);
  EXPECT_EQ(std::vector<float>(d.data(), d.data() + 5), (std::vector<float>{0, 0, 0, 4, 5})) << "0 at 0";
  EXPECT_TRUE(std::isnan(relu(Tensor::of({1}, {NAN})).item())) << "what diverged stays visible";
}

/// A gate is a product, so its gradients are those of one.
void expect_product(const Case& activation, const Tensor& gated, const GateGradients& found, const Tensor& x,
                    const Tensor& by, const Tensor& gradient) {
  const Tensor y = activation.forward(x), slope = activation.backward(gradient, x);
  for (int64_t i = 0; i < x.elements(); ++i) {
    EXPECT_FLOAT_EQ(gated.data()[i], y.data()[i] * by.data()[i]) << activation.name;
    EXPECT_FLOAT_EQ(found.by.data()[i], gradient.data()[i] * y.data()[i]) << activation.name;
    EXPECT_NEAR(found.x.data()[i], slope.data()[i] * by.data()[i], 1e-6) << activation.name;
  }
}

TEST(Activations, GatesAreProductsWithThem) {
  const Tensor x = line(), by = random_tensor(x.shape(), 2), gradient = random_tensor(x.shape(), 3);
  expect_product(kCases[1], swish_gate(x, by), swish_gate_backward(gradient, x, by), x, by, gradient);
  expect_product(kCases[2], gelu_tanh_gate(x, by), gelu_tanh_gate_backward(gradient, x, by), x, by, gradient);
}

TEST(Activations, GiveTheSameBitsForAnyNumberOfThreads) {
  const Tensor x = random_tensor({70'001}, 1), by = random_tensor({70'001}, 2);
  expect_the_same_for_any_threads([&] {
    const GateGradients gate = swish_gate_backward(by, x, by);
    return std::vector<Tensor>{gelu(x), gelu_backward(by, x), swish(x), gelu_tanh_gate(x, by), gate.x, gate.by,
                               relu(x)};
  });
}

}  // namespace
}  // namespace rotor
