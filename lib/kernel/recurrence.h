// The recurrence of SSRU, the simpler simple recurrent unit (Kim et al. 2019, "From Research to Production and Back",
// section 3.2; Marian's decoders have it in place of self-attention). A gate f_t = σ(z_t) keeps a share of the cell:
//
//   c_t = f_t ⊙ c_{t−1} + (1 − f_t) ⊙ x_t
#pragma once

#include "kernel/packing.h"
#include "tensor/tensor.h"

namespace rotor {

/// The cells of all tokens: logits z and inputs x [.., D], with as many rows as the packing has tokens, sentence after
/// sentence -> c, of the shape of x. `before` [sentences, D] are the cells before the first tokens; undefined: zeros.
Tensor gated_recurrence(const Tensor& logits, const Tensor& x, const Packing& packing, const Tensor& before);

/// The gradients of the logits and of the inputs, given that of the cells; the first cells came after zeros.
struct RecurrenceGradients {
  Tensor logits, x;
};
RecurrenceGradients gated_recurrence_backward(const Tensor& gradient, const Tensor& logits, const Tensor& x,
                                              const Tensor& cells, const Packing& packing);

/// The cells after the last tokens, [sentences, D]. An empty sentence is an Error.
Tensor last_cells(const Tensor& cells, const Packing& packing);

}  // namespace rotor
