#include "kernel/turned_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "golden.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

constexpr int64_t kWidth = 5, kPairs = 2;

/// Changes of two pairs from position 3 on.
FrequencyChanges some_changes(Pairs pairs, int64_t end) {
  FrequencyChanges changes{3, {}, pairs};
  for (int64_t p = 3; p < end; ++p)
    changes.rows.push_back({-0.1 * static_cast<double>(p), 0.03 * static_cast<double>(p)});
  return changes;
}

/// The score by the formula.
double expected_score(const Tensor& q, const Tensor& k, int64_t i, int64_t j, const TurnedBlock& block,
                      const FrequencyChanges& changes, double before) {
  const int64_t m = block.first_query + i, n = block.first_key + j, p = std::max(m, n);
  if (p < changes.first || (block.causal && n > m)) return before;
  double sum = before;
  for (int64_t c = 0; c < kPairs; ++c) {
    const int64_t a = c * changes.pairs.step, b = a + changes.pairs.gap;
    const float *x = q.data() + i * kWidth, *y = k.data() + j * kWidth;
    const double angle = static_cast<double>(m - n) * changes.at(p)[c];
    const double inner = x[a] * y[a] + x[b] * y[b], cross = x[b] * y[a] - x[a] * y[b];
    sum += (std::cos(angle) - 1) * inner - std::sin(angle) * cross;
  }
  return sum;
}

TEST(TurnScores, TurnsThemByTheChangesAtTheLaterPosition) {
  for (const Pairs pairs : {Pairs{2, 1}, Pairs{1, 2}}) {
    for (const bool causal : {false, true}) {
      for (const TurnedBlock block :
           {TurnedBlock{0, 0, causal}, TurnedBlock{6, 0, causal}, TurnedBlock{5, 4, causal}}) {
        const int64_t queries = block.first_query == 0 ? 8 : 2, keys = 8 - block.first_key;
        const Tensor q = random_tensor({1, 1, queries, kWidth}, 1), k = random_tensor({1, 1, keys, kWidth}, 2),
                     scores = random_tensor({1, 1, queries, keys}, 3);
        const FrequencyChanges changes = some_changes(pairs, 8);
        const Tensor turned = turn_scores(scores, q, k, block, changes);
        for (int64_t i = 0; i < queries; ++i) {
          for (int64_t j = 0; j < keys; ++j) {
            const int64_t at = i * keys + j;
            EXPECT_NEAR(turned.data()[at], expected_score(q, k, i, j, block, changes, scores.data()[at]), 1e-5)
                << i << " " << j;
          }
        }
      }
    }
  }
}

TEST(TurnScores, GivesTheSameBitsForAnyThreads) {
  const Tensor q = random_tensor({2, 4, 50, kWidth}, 1), scores = random_tensor({2, 4, 50, 50}, 2);
  const FrequencyChanges changes{10, {{0.1, 0.2}}, {2, 1}};
  expect_the_same_for_any_threads([&] {
    const TurnedGradients gradients = turn_scores_backward(scores, q, q, {}, changes);
    return std::vector{turn_scores(scores, q, q, {}, changes), gradients.q, gradients.k};
  });
}

}  // namespace
}  // namespace rotor
