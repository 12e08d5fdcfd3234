// The parameters that an update treats alike: weight decay can spare norms and biases (--no-decay-norms-and-biases),
// and each layer can have a learning rate of its own (--layer-lr-decay).
#pragma once

#include <vector>

#include "train/options.h"
#include "train/parameter_buffer.h"

namespace rotor {

/// A part of a parameter buffer: the numbers begin … end − 1.
struct ParameterGroup {
  int64_t begin, end;
  double rate;          ///< factor of the learning rate
  double weight_decay;  ///< share of each number, times the learning rate, that an update subtracts

  bool operator==(const ParameterGroup&) const = default;
};

/// The groups in the order of the buffer, which they fill; neighbours differ.
std::vector<ParameterGroup> parameter_groups(const OptimizationOptions& options, const ParameterBuffer& parameters);

/// Whether the parameter of that name is a bias or a norm's weight: "encoder.layers.0.fc1.bias",
/// "encoder.layer_norm.weight".
bool is_norm_or_bias(const std::string& parameter);

}  // namespace rotor
