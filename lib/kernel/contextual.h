// Contextual positions (Golovneva et al. 2024, "Contextual Position Encoding"). A gate g_ij = σ(s_ij), of the score of
// a query at i and a key at j, says how much the key counts; the position of a key is the sum of the gates from it to
// the query,
//
//   p_ij = min(Σ g_il, P − 1),  l = min(i, j) … max(i, j),
//
// which is the paper's where queries see no later keys, and the same in both directions elsewhere. The score gains the
// logit z_i of that position, interpolated between whole ones: (1 − w)·z_i[⌊p⌋] + w·z_i[⌈p⌉], w = p − ⌊p⌋.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// scores + logits at their positions: scores [B,H,Tq,Tk]; logits z [B,H,Tq,P] of the whole positions 0 … P − 1; the
/// first query has the position of key `first_query`.
Tensor add_contextual(const Tensor& scores, const Tensor& logits, int64_t first_query);

/// The gradients, given that of the sum.
struct ContextualGradients {
  Tensor scores, logits;
};
ContextualGradients contextual_backward(const Tensor& gradient, const Tensor& scores, const Tensor& logits,
                                        int64_t first_query);

}  // namespace rotor
