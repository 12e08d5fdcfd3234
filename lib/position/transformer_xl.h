// Transformer-XL's relative positions (eq 6 and 7; Dai et al. 2019): score = ((q_m + u) · k_n + (q_m + v) · W̃_k
// R_{m−n}) / √d, R_r the sinusoid of the signed distance r. u and v are added to the projected query, as Dai et al. do;
// eq 7 writes W_q u.
#pragma once

#include <memory>

#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_transformer_xl(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor
