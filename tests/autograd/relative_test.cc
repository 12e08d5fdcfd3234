#include "autograd/relative.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "golden.h"
#include "threads.h"

namespace rotor {
namespace {

/// Distances clipped to ±2, in 5 columns, for queries at 3 … 3 + queries and keys at 0 … keys.
RelativeIndex clipped(int64_t queries, int64_t keys) {
  RelativeIndex index{queries, keys, {}};
  for (int64_t distance = -(3 + queries - 1); distance <= keys - 1 - 3; ++distance) {
    index.columns.push_back(static_cast<int32_t>(std::clamp<int64_t>(distance, -2, 2) + 2));
  }
  return index;
}

int64_t column(int64_t i, int64_t j) {
  return std::clamp<int64_t>(j - (3 + i), -2, 2) + 2;
}

float at(const Tensor& x, int64_t a, int64_t b, int64_t c, int64_t d) {
  return x.data()[a * x.stride(0) + b * x.stride(1) + c * x.stride(2) + d * x.stride(3)];
}

TEST(TakeRelative, TakesTheColumnOfEachPair) {
  const Tensor rows = random_tensor({2, 4, 3, 5}, 1);
  for (const Tensor& x : {rows, laid_out_as_transposed(rows, 1, 2)}) {
    const Tensor y = take_relative(Variable(x), clipped(3, 7)).value();
    ASSERT_EQ(y.shape(), (Shape{2, 4, 3, 7})) << "of four axes";
    for (int64_t b = 0; b < 2; ++b) {
      for (int64_t h = 0; h < 4; ++h) {
        for (int64_t i = 0; i < 3; ++i) {
          for (int64_t j = 0; j < 7; ++j) EXPECT_EQ(at(y, b, h, i, j), at(rows, b, h, i, column(i, j)));
        }
      }
    }
  }
}

TEST(SpreadRelative, SumsThePairsOfEachColumn) {
  const Tensor w = random_tensor({2, 4, 3, 7}, 1);
  const Tensor y = spread_relative(w, clipped(3, 7), 5).value();
  ASSERT_EQ(y.shape(), (Shape{2, 4, 3, 5}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t h = 0; h < 4; ++h) {
      for (int64_t i = 0; i < 3; ++i) {
        for (int64_t r = 0; r < 5; ++r) {
          double sum = 0;
          for (int64_t j = 0; j < 7; ++j) sum += column(i, j) == r ? at(w, b, h, i, j) : 0;
          EXPECT_NEAR(at(y, b, h, i, r), sum, 1e-6);
        }
      }
    }
  }
}

TEST(Gradient, OfTakeAndSpreadRelative) {
  const Function take = [](const Inputs& x) { return take_relative(x[0], clipped(3, 7)); };
  expect_gradients(take, {random_tensor({2, 3, 5}, 1)});
  const Function take_by_time = [](const Inputs& x) { return take_relative(transpose(x[0], 1, 2), clipped(3, 7)); };
  expect_gradients(take_by_time, {random_tensor({2, 3, 4, 5}, 1)});
  const Function spread = [](const Inputs& x) { return spread_relative(x[0], clipped(3, 7), 5); };
  expect_gradients(spread, {random_tensor({2, 3, 7}, 1)});
}

TEST(AddDistanceBias, AddsTheRowOfEachDistance) {
  const Tensor scores = random_tensor({2, 4, 3, 7}, 1), bias = random_tensor({9, 4}, 2);
  const Tensor y = add_distance_bias(Variable(scores), bias).value();
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t h = 0; h < 4; ++h) {
      for (int64_t i = 0; i < 3; ++i) {
        for (int64_t j = 0; j < 7; ++j) {
          EXPECT_EQ(at(y, b, h, i, j), at(scores, b, h, i, j) + bias.data()[(j - i + 2) * 4 + h]);
        }
      }
    }
  }
}

TEST(Gradient, OfAddDistanceBias) {
  const Function f = [](const Inputs& x) { return add_distance_bias(x[0], x[1]); };
  expect_gradients(f, {random_tensor({2, 2, 3, 4}, 1), random_tensor({6, 2}, 2)});
}

TEST(MultiplyHeads, MultipliesEachHeadByItsOwnMatrixOrAllByOne) {
  const Tensor rows = random_tensor({2, 4, 3, 5}, 1);
  for (int64_t matrices : {1, 4}) {
    const Tensor w = random_tensor({matrices, 6, 5}, 2);
    for (const Tensor& x : {rows, laid_out_as_transposed(rows, 1, 2)}) {
      for (const Tensor& matrix : {w, laid_out_as_transposed(w, 1, 2)}) {
        const Tensor y = multiply_heads(x, matrix).value();
        ASSERT_EQ(y.shape(), (Shape{2, 4, 3, 6})) << matrices;
        for (int64_t b = 0; b < 2; ++b) {
          for (int64_t h = 0; h < 4; ++h) {
            for (int64_t t = 0; t < 3; ++t) {
              for (int64_t m = 0; m < 6; ++m) {
                double sum = 0;
                for (int64_t n = 0; n < 5; ++n) {
                  sum += at(rows, b, h, t, n) * w.data()[(h % matrices * 6 + m) * 5 + n];
                }
                EXPECT_NEAR(at(y, b, h, t, m), sum, 1e-5);
              }
            }
          }
        }
      }
    }
  }
}

TEST(Gradient, OfMultiplyHeads) {
  const Function f = [](const Inputs& x) { return multiply_heads(x[0], x[1]); };
  const Function transposed_matrix = [](const Inputs& x) { return multiply_heads(x[0], transpose(x[1], 1, 2)); };
  const Function by_time = [](const Inputs& x) { return multiply_heads(transpose(x[0], 1, 2), x[1]); };
  for (int64_t matrices : {1, 3}) {
    expect_gradients(f, {random_tensor({2, 3, 2, 4}, 1), random_tensor({matrices, 5, 4}, 2)});
    expect_gradients(transposed_matrix, {random_tensor({2, 3, 2, 4}, 1), random_tensor({matrices, 4, 5}, 2)});
    expect_gradients(by_time, {random_tensor({2, 2, 3, 4}, 1), random_tensor({matrices, 5, 4}, 2)});
  }
}

TEST(Relative, GivesTheSameBitsForAnyNumberOfThreads) {
  const RelativeIndex index = clipped(40, 50);
  expect_the_same_for_any_threads([&] {
    const Variable q(random_tensor({3, 4, 40, 8}, 1), true), keys(random_tensor({4, 5, 8}, 2), true),
        values(random_tensor({1, 8, 5}, 3), true), bias(random_tensor({89, 4}, 4), true);
    const Variable scores = add_distance_bias(take_relative(multiply_heads(q, keys), index), bias);
    const Variable context = multiply_heads(spread_relative(scores, index, 5), values);
    backward(sum(mul(context, random_tensor(context.shape(), 5))));
    return std::vector<Tensor>{context.value(), q.gradient(), keys.gradient(), values.gradient(), bias.gradient()};
  });
}

TEST(Relative, SaysWhatDoesNotFit) {
  EXPECT_THROW(take_relative(Tensor::zeros({2, 4, 5}), clipped(3, 7)), Error) << "queries";
  EXPECT_THROW(take_relative(Tensor::zeros({2, 3, 4}), clipped(3, 7)), Error) << "columns";
  EXPECT_THROW(spread_relative(Tensor::zeros({2, 3, 6}), clipped(3, 7), 5), Error) << "keys";
  EXPECT_THROW(add_distance_bias(Tensor::zeros({1, 2, 3, 4}), Tensor::zeros({5, 2})), Error);
  EXPECT_THROW(multiply_heads(Tensor::zeros({1, 4, 3, 5}), Tensor::zeros({2, 6, 5})), Error);
}

}  // namespace
}  // namespace rotor
