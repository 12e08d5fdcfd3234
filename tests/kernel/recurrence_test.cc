#include "kernel/recurrence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/scratch.h"
#include "golden.h"
#include "random_tensor.h"

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
}

}  // namespace
}  // namespace rotor
