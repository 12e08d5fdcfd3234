// DeBERTa's disentangled attention (eq 10; He et al. 2021): score = (q_m · k_n + q_m · K_r[δ] + k_n · Q_r[δ]) / √(3d),
// δ = clip(m − n + k, 0, 2k − 1), k = --max-relative-position. K_r and Q_r are a table [2k, D] of the stack through
// each layer's own key and query projections, biases included. Both terms share δ, as in the published code.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_deberta(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
