#include "kernel/relative.h"

#include <gtest/gtest.h>

#include "golden.h"
#include "kernel/element.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// Distances clipped to −limit … limit.
RelativeIndex clipped(int64_t queries, int64_t keys, int32_t limit) {
  RelativeIndex index{queries, keys, {}};
  for (int64_t distance = 1 - queries; distance < keys; ++distance) {
    index.columns.push_back(limit + static_cast<int32_t>(std::clamp<int64_t>(distance, -limit, limit)));
  }
  return index;
}

/// The columns of query i, one for each key.
const int32_t* row(const RelativeIndex& index, int64_t i) {
  return index.columns.data() + index.queries - 1 - i;
}

const std::vector<std::pair<int64_t, int64_t>> kSizes = {{1, 1}, {1, 19}, {19, 1}, {5, 9}, {17, 16}};

/// Indices of at most 7 columns: rising, falling, equal and in no order.
std::vector<RelativeIndex> indices(int64_t queries, int64_t keys) {
  RelativeIndex scattered{queries, keys, {}};
  for (int64_t p = 0; p < queries + keys - 1; ++p) scattered.columns.push_back(static_cast<int32_t>(p * p % 7));
  return {clipped(queries, keys, 3), transposed(clipped(keys, queries, 3)), clipped(queries, keys, 0), scattered};
}

TEST(Relative, TakesAndSpreadsByTheColumnOfEachPair) {
  for (const auto& [queries, keys] : kSizes) {
    for (const RelativeIndex& index : indices(queries, keys)) {
      const Tensor x = random_tensor({2, 3, queries, 7}, 1), w = random_tensor({2, 3, queries, keys}, 2);
      const Tensor taken({2, 3, queries, keys}), spread = Tensor::zeros(x.shape());
      for (int64_t i = 0; i < w.elements(); ++i) {
        const int64_t query = i / keys, r = row(index, query % queries)[i % keys];
        taken.data()[i] = x.data()[query * 7 + r];
        spread.data()[query * 7 + r] += w.data()[i];
      }
      for (const Tensor& in : {x, laid_out_as_transposed(x, 1, 2), laid_out_as_transposed(x, 2, 3)}) {
        expect_same_bits(take_relative(in, index), taken, "taken");
      }
      const Tensor beside = Tensor::full({2, 3, queries, 10}, NAN);
      for (const Tensor& y : {Tensor(x.shape()), laid_out_as_transposed(x, 1, 2), beside.narrow(3, 1, 7)}) {
        golden::expect_near(spread_relative(w, index, y), spread, 1e-6, "spread");
        golden::expect_near(spread_relative(laid_out_as_transposed(w, 2, 3), index, y), spread, 1e-6, "spread columns");
        golden::expect_near(y, spread, 1e-6, "what was written to");
      }
      for (const int64_t c : {0, 8, 9}) EXPECT_TRUE(std::isnan(element(beside, 1, 2, queries - 1, c)));
    }
  }
}

TEST(Relative, TransposedHasTheColumnOfTheExchangedPair) {
  const RelativeIndex index = clipped(5, 9, 20), exchanged = transposed(index);
  EXPECT_EQ(exchanged.queries, 9);
  EXPECT_EQ(exchanged.keys, 5);
  for (int64_t i = 0; i < 5; ++i) {
    for (int64_t j = 0; j < 9; ++j) {
      EXPECT_EQ(row(index, i)[j], 20 + j - i);
      EXPECT_EQ(row(exchanged, j)[i], row(index, i)[j]);
    }
  }
}

TEST(Relative, AddsTheBiasOfEachDistanceAndSumsItsGradient) {
  for (const auto& [queries, keys] : kSizes) {
    const int64_t distances = queries + keys - 1;
    const Tensor scores = random_tensor({2, 3, queries, keys}, 1), bias = random_tensor({distances, 3}, 2);
    const Tensor expected = scores.clone(), sums = Tensor::zeros(bias.shape());
    for (int64_t i = 0; i < scores.elements(); ++i) {
      const int64_t j = i % keys, query = i / keys % queries, h = i / keys / queries % 3;
      const int64_t at = (j - query + queries - 1) * 3 + h;
      expected.data()[i] += bias.data()[at];
      sums.data()[at] += scores.data()[i];
    }
    for (const Tensor& x : {scores, laid_out_as_transposed(scores, 1, 2), laid_out_as_transposed(scores, 2, 3)}) {
      expect_same_bits(add_distance_bias(x, bias), expected, "biased");
      golden::expect_near(sum_by_distance(x), sums, 1e-6, "gradient");
    }
  }
}

TEST(Relative, RefusesIndicesAndBiasesOfOtherSizes) {
  const Tensor x = random_tensor({2, 4, 7}, 1), w = random_tensor({2, 4, 5}, 2);
  RelativeIndex index = clipped(4, 5, 3);
  EXPECT_NO_THROW(take_relative(x, index));
  EXPECT_THROW(take_relative(x, clipped(5, 5, 3)), Error) << "queries";
  EXPECT_THROW(take_relative(x, clipped(4, 5, 4)), Error) << "columns that x lacks";
  EXPECT_THROW(spread_relative(w, clipped(4, 6, 3), Tensor(x.shape())), Error) << "keys";
  EXPECT_THROW(spread_relative(w, index, Tensor({2, 4, 6})), Error) << "columns that y lacks";
  index.columns[2] = -1;
  EXPECT_THROW(take_relative(x, index), Error);
  index.columns.pop_back();
  EXPECT_THROW(take_relative(x, index), Error);
  EXPECT_THROW(add_distance_bias(random_tensor({2, 3, 4, 5}, 1), random_tensor({9, 3}, 1)), Error);
}

TEST(Relative, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({4, 3, 40, 41}, 1), w = random_tensor({4, 3, 40, 50}, 2);
  const RelativeIndex index = clipped(40, 50, 20);
  expect_the_same_for_any_threads([&] {
    return std::vector{take_relative(x, index), spread_relative(w, index, Tensor(x.shape())),
                       add_distance_bias(w, random_tensor({89, 3}, 3)), sum_by_distance(w)};
  });
}

}  // namespace
}  // namespace rotor
