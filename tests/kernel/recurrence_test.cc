#include "kernel/recurrence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/scratch.h"
#include "golden.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 5;

const Packing& packing() {
  static const Packing sentences(4, {3, 1, 4});
  return sentences;
}

double at(const Tensor& x, int64_t token, int64_t column) {
  return x.data()[token * kWidth + column];
}

TEST(GatedRecurrence, FollowsItsFormulaInEachSentenceForItself) {
  const Tensor z = random_tensor({8, kWidth}, 1), x = random_tensor({8, kWidth}, 2);
  const Tensor cells = gated_recurrence(z, x, packing(), {});
  for (int64_t row = 0; row < 3; ++row) {
    for (int64_t i = 0; i < kWidth; ++i) {
      double cell = 0;
      for (int64_t t = packing().begin(row); t < packing().begin(row) + packing().size(row); ++t) {
        const double kept = 1 / (1 + std::exp(-at(z, t, i)));
        cell = kept * cell + (1 - kept) * at(x, t, i);
        EXPECT_NEAR(at(cells, t, i), cell, 1e-6) << row << ' ' << t;
      }
      EXPECT_EQ(at(last_cells(cells, packing()), row, i), at(cells, packing().begin(row) + packing().size(row) - 1, i));
    }
  }
}

TEST(GatedRecurrence, GoesOnFromTheCellsBefore) {
  const Tensor z = random_tensor({2, 6, kWidth}, 1), x = random_tensor({2, 6, kWidth}, 2);
  const Tensor whole = gated_recurrence(z, x, {6, {6, 6}}, {});
  const Packing halves(3, {3, 3});
  const auto part = [](const Tensor& of, int64_t begin) { return of.narrow(1, begin, 3).clone(); };
  const Tensor first = gated_recurrence(part(z, 0), part(x, 0), halves, {});
  const Tensor second = gated_recurrence(part(z, 3), part(x, 3), halves, last_cells(first, halves));
  golden::expect_near(first, part(whole, 0), 0, "first");
  golden::expect_near(second, part(whole, 3), 0, "second");
}

/// Σ gradient · cell of one column of a sentence.
double weighted_cells(const std::vector<double>& z, const std::vector<double>& x, const std::vector<double>& gradient) {
  double cell = 0, sum = 0;
  for (size_t t = 0; t < z.size(); ++t) {
    const double kept = 1 / (1 + std::exp(-z[t]));
    cell = kept * cell + (1 - kept) * x[t];
    sum += gradient[t] * cell;
  }
  return sum;
}

TEST(GatedRecurrence, HasGradientsThatAreDifferences) {
  constexpr double kStep = 1e-5;
  for (const int64_t width : {1, 5, 37}) {
    const Shape shape{8, width};
    const Tensor z = random_tensor(shape, 1), x = random_tensor(shape, 2), g = random_tensor(shape, 3);
    const RecurrenceGradients d = gated_recurrence_backward(g, z, x, gated_recurrence(z, x, packing(), {}), packing());
    for (int64_t row = 0; row < 3; ++row) {
      const int64_t begin = packing().begin(row), size = packing().size(row);
      for (int64_t i = 0; i < width; ++i) {
        const auto column = [&](const Tensor& of) {
          std::vector<double> numbers;
          for (int64_t t = begin; t < begin + size; ++t) numbers.push_back(of.data()[t * width + i]);
          return numbers;
        };
        std::vector<double> gates = column(z), inputs = column(x);
        const std::vector<double> gradient = column(g), d_gates = column(d.logits), d_inputs = column(d.x);
        const auto difference = [&](double& number) {
          const double before = number;
          number = before + kStep;
          const double above = weighted_cells(gates, inputs, gradient);
          number = before - kStep;
          const double below = weighted_cells(gates, inputs, gradient);
          number = before;
          return (above - below) / (2 * kStep);
        };
        for (int64_t t = 0; t < size; ++t) {
          EXPECT_NEAR(d_gates[t], difference(gates[t]), 2e-6) << width << ' ' << row << ' ' << t;
          EXPECT_NEAR(d_inputs[t], difference(inputs[t]), 2e-6) << width << ' ' << row << ' ' << t;
        }
      }
    }
  }
}

TEST(GatedRecurrence, GivesTheSameBitsForAnyThreads) {
  const Packing sentences(20, {20, 3, 17, 1, 11, 20, 5, 9});
  const Shape shape{86, 333};
  const Tensor z = random_tensor(shape, 1), x = random_tensor(shape, 2), g = random_tensor(shape, 3);
  expect_the_same_for_any_threads([&] {
    const Tensor cells = gated_recurrence(z, x, sentences, {});
    const RecurrenceGradients d = gated_recurrence_backward(g, z, x, cells, sentences);
    return std::vector{cells, d.logits, d.x};
  });
}

TEST(GatedRecurrence, KeepsExtremeGatesFinite) {
  const Tensor z = Tensor::of({1, 2}, {-1000, 1000}), x = Tensor::of({1, 2}, {3, 4});
  const Tensor cells = gated_recurrence(z, x, {1, {1}}, Tensor::of({1, 2}, {5, 6}));
  EXPECT_EQ(cells.data()[0], 3);
  EXPECT_EQ(cells.data()[1], 6);
}

TEST(GatedRecurrence, RefusesGatesOfOtherTokens) {
  EXPECT_TRUE(says(message_of<Error>([] {
                     gated_recurrence(random_tensor({7, kWidth}, 1), random_tensor({7, kWidth}, 2), packing(), {});
                   }),
                   "8 tokens"));
  EXPECT_TRUE(says(message_of<Error>([] {
                     last_cells(random_tensor({4, kWidth}, 1), {4, {0, 4}});
                   }),
                   "sentence 0 is empty"));
}

}  // namespace
}  // namespace rotor
