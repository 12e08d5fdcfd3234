// The norms of each layer's weights and gradients, for reports: where training goes wrong, a layer often shows it
// first.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/parameter_buffer.h"

namespace rotor {

/// {"encoder.layers.0": {"weight_norm": …, "grad_norm": …}, …}, of the parameters that are trained, and of gradients
/// divided by `tokens`. What belongs to no layer is listed by its module: "encoder.embed_tokens".
nlohmann::ordered_json layer_norms(const ParameterBuffer& parameters, int64_t tokens);

}  // namespace rotor
