#include "kernel/linear.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "kernel/plain_product.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

struct Sizes {
  int64_t rows, in, out;
};
const Sizes kSizes[] = {{1, 1, 1}, {1, 17, 5}, {6, 5, 17}, {34, 130, 33}};

TEST(LinearKernel, IsTheProductWithABiasAndMayClampAtZero) {
  for (const auto& [rows, in, out] : kSizes) {
    const Tensor x = random_tensor({rows, in}, 1), w = random_tensor({out, in}, 2), bias = random_tensor({out}, 3);
    const Tensor expected = product(x, w.transpose(0, 1));
    golden::expect_near(linear(x, w, {}), expected, 1e-5, "product");
    for (int64_t i = 0; i < rows * out; ++i) expected.data()[i] += bias.data()[i % out];
    golden::expect_near(linear(x, w, bias), expected, 1e-5, "with a bias");
    for (float& value : expected.span()) value = std::max(value, 0.f);
    golden::expect_near(linear(x, w, bias, true), expected, 1e-5, "with a bias, clamped");
    if (rows == 6) {
      golden::expect_near(linear(x.reshape({2, 3, in}), w, bias, true), expected.reshape({2, 3, out}), 1e-5, "axes");
    }
  }
  EXPECT_EQ(linear(Tensor({2, 0, 5}), random_tensor({3, 5}, 1), {}).shape(), (Shape{2, 0, 3}));
}

TEST(LinearKernel, GivesItsGradientsOrAddsThem) {
  for (const auto& [rows, in, out] : kSizes) {
    const Tensor x = random_tensor({rows, in}, 1), w = random_tensor({out, in}, 2), g = random_tensor({rows, out}, 3);
    const Tensor d_x = product(g, w), d_w = product(g.transpose(0, 1), x);
    for (const float beta : {0.f, 1.f, 0.5f}) {
      const float before = beta == 0 ? NAN : 2;  // what is not added to is not read
      const Tensor to_x = Tensor::full(x.shape(), before), to_w = Tensor::full(w.shape(), before);
      linear_backward_input(g, w, to_x, beta);
      linear_backward_weight(g, x, to_w, beta);
      if (beta > 0) to_x.add(Tensor::full(x.shape(), -2 * beta));
      if (beta > 0) to_w.add(Tensor::full(w.shape(), -2 * beta));
      golden::expect_near(to_x, d_x, 1e-5, "input");
      golden::expect_near(to_w, d_w, 1e-5, "weight");
    }
  }
}

TEST(LinearKernel, RefusesInputsOfAnotherWidth) {
  EXPECT_THROW(linear(random_tensor({2, 5}, 1), random_tensor({3, 4}, 2), {}), Error);
  EXPECT_THROW(linear(random_tensor({2, 5}, 1), random_tensor({5}, 2), {}), Error);
  EXPECT_THROW(linear(random_tensor({5, 2}, 1).transpose(0, 1), random_tensor({3, 5}, 2), {}), Error)
      << "not contiguous";
}

TEST(LinearKernel, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({130, 70}, 1), w = random_tensor({90, 70}, 2), g = random_tensor({130, 90}, 3);
  expect_the_same_for_any_threads([&] {
    const Tensor d_x(x.shape()), d_w(w.shape());
    linear_backward_input(g, w, d_x, 0);
    linear_backward_weight(g, x, d_w, 0);
    return std::vector{linear(x, w, random_tensor({90}, 4), true), d_x, d_w};
  });
}

}  // namespace
}  // namespace rotor
