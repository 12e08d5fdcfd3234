// The scores of forgetting attention (Lin et al. 2025, "Forgetting Transformer: Softmax Attention with a Forget Gate",
// eq 5). A gate f_l = σ(z_l) at each key and head says how much of all that came before it is kept, and the score of a
// query at i and a key at j gains
//
//   D_ij = Σ log f_l,  l = min(i, j) + 1 … max(i, j),
//
// which is that of the paper where queries see no later keys, and the same in both directions elsewhere.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// scores + D: scores [B,H,Tq,Tk]; logits z [B,H,Tk] of any layout; the first query has the position of key
/// `first_query`.
Tensor add_forgetting(const Tensor& scores, const Tensor& logits, int64_t first_query);

/// The gradient of the logits [B,H,Tk], given that of the sum.
Tensor forgetting_backward(const Tensor& gradient, const Tensor& logits, int64_t first_query);

}  // namespace rotor
