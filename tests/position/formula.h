// Scores of an encoding against its formula: queries and keys of random numbers go through the hooks as softmax
// attention calls them, and every score is compared with what the formula gives in double.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "golden.h"
#include "position/table.h"
#include "random_tensor.h"

namespace rotor {

/// Gives every parameter random numbers, those that start at zero too.
inline void randomise(Module& module, uint64_t seed) {
  for (const auto& parameter : module.parameters()) {
    parameter.variable.value().copy_from(random_tensor(parameter.variable.shape(), derive(seed, parameter.name), 0.7));
  }
}

/// The parameter of that name as a function of row and column.
inline std::function<double(int64_t, int64_t)> matrix(const Module& module, const std::string& name) {
  for (const auto& [own_name, value] : module.values()) {
    if (own_name != name) continue;
    return [values = value](int64_t i, int64_t j) -> double { return values.data()[i * values.size(1) + j]; };
  }
  fail("there is no parameter {}", name);
}

/// One query and one key as projected, d numbers each, and where they stand.
struct Pair {
  std::span<const float> q, k;
  int64_t head, m, n;

  double product() const {
    double sum = 0;
    for (size_t c = 0; c < q.size(); ++c) sum += static_cast<double>(q[c]) * k[c];
    return sum;
  }
};

/// What softmax attention would mask: q [B,H,Tq,d], k [B,H,Tk,d] as projected.
inline Tensor scores_of(const PositionEncoding& encoding, const Tensor& q, const Tensor& k, Range queries, Range keys) {
  const Variable scaled = scale(q, 1 / std::sqrt(static_cast<float>(q.size(3))));
  const Variable turned_q = encoding.on_queries(scaled, queries), turned_k = encoding.on_keys(k, keys);
  const Variable products = matmul(turned_q, transpose(turned_k, 2, 3));
  return encoding.on_scores(products, turned_q, turned_k, queries, keys).value().contiguous();
}

/// Expects the formula's score for every pair, of a whole sentence and of a few queries in its middle.
inline void expect_scores(const PositionEncoding& encoding, const StackSizes& sizes,
                          const std::function<double(const Pair&)>& formula) {
  constexpr int64_t kBatch = 2, kKeys = 23;
  const int64_t heads = sizes.heads, d = sizes.head_width();
  for (const Range queries : {Range{0, kKeys}, Range{kKeys - 1, 1}, Range{9, 5}}) {
    const Tensor q = random_tensor({kBatch, heads, queries.size, d}, 1),
                 k = random_tensor({kBatch, heads, kKeys, d}, 2);
    const Tensor actual = scores_of(encoding, q, k, queries, {0, kKeys});
    Tensor expected(actual.shape());
    auto row = [d](const Tensor& x, int64_t r) { return x.span().subspan(r * d, d); };
    for (int64_t bh = 0; bh < kBatch * heads; ++bh) {
      for (int64_t i = 0; i < queries.size; ++i) {
        for (int64_t n = 0; n < kKeys; ++n) {
          const Pair pair{row(q, bh * queries.size + i), row(k, bh * kKeys + n), bh % heads, queries.begin + i, n};
          expected.data()[(bh * queries.size + i) * kKeys + n] = static_cast<float>(formula(pair));
        }
      }
    }
    golden::expect_near(actual, expected, 2e-6, fmt::format("queries from {}", queries.begin));
  }
}

/// Expects the same scores wherever the sentence begins (eq 11).
inline void expect_scores_of_distance_only(const PositionEncoding& encoding, const StackSizes& sizes) {
  const int64_t heads = sizes.heads, d = sizes.head_width();
  const Tensor q = random_tensor({1, heads, 5, d}, 1), k = random_tensor({1, heads, 30, d}, 2);
  const Tensor here = scores_of(encoding, q, k, {7, 5}, {0, 30}),
               there = scores_of(encoding, q, k, {107, 5}, {100, 30});
  golden::expect_near(there, here, 1e-5, "100 positions on");
}

}  // namespace rotor
