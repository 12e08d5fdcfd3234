// The norms of each layer's weights and gradients, for reports: if training goes wrong, one layer often shows it first.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/parameter_buffer.h"

namespace rotor {

/// {"encoder.layers.0": {"weight_norm": …, "grad_norm": …}, …}, for trainable parameters, and for gradients divided by
/// `targets`. Parameters outside layers are listed by their module: "encoder.embed_tokens".
nlohmann::ordered_json layer_norms(const ParameterBuffer& parameters, int64_t targets);

}  // namespace rotor
