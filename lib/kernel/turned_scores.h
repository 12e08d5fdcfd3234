// Scores of rotary positions whose frequencies depend on how far a text goes. Queries and keys are turned by the
// frequencies of short texts; the score of a query at m and a key at n, of which the later one stands at
// p = max(m, n), is then turned on by the difference δ_i(p) of the frequencies there:
//
//   s_mn = Σ_i Re(q_i · conj(k_i) · e^{i (m − n) δ_i(p)}) + the products of the numbers that form no pair,
//
// where q_i and k_i are the pairs i as complex numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/rotation.h"
#include "tensor/tensor.h"

namespace rotor {

/// The differences δ of positions: rows[p − first] holds those of position p for each pair, and before `first` there
/// are none. One row serves all positions from `first` on.
struct FrequencyChanges {
  int64_t first = 0;
  std::vector<std::vector<double>> rows;
  Pairs pairs{2, 1};

  const std::vector<double>& at(int64_t p) const { return rows.size() == 1 ? rows[0] : rows[p - first]; }
};

/// The positions of a block of scores; where `causal`, later keys keep their scores, which a mask hides.
struct TurnedBlock {
  int64_t first_query = 0, first_key = 0;
  bool causal = false;
};

/// scores [B,H,Tq,Tk], those of q [B,H,Tq,d] and k [B,H,Tk,d], turned on.
Tensor turn_scores(const Tensor& scores, const Tensor& q, const Tensor& k, const TurnedBlock& block,
                   const FrequencyChanges& changes);

/// The gradients of q and k in turn_scores(); that of scores is the result's own.
struct TurnedGradients {
  Tensor q, k;
};
TurnedGradients turn_scores_backward(const Tensor& gradient, const Tensor& q, const Tensor& k, const TurnedBlock& block,
                                     const FrequencyChanges& changes);

}  // namespace rotor
