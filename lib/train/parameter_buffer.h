// ParameterBuffer: the trainable parameters of a model (all but the frozen ones) end to end in one block of memory, and
// their gradients in another, so that the optimiser is one pass over each and gradients are accumulated in place.
#pragma once

#include <string>
#include <vector>

#include "nn/module.h"

namespace rotor {

class ParameterBuffer {
 public:
  /// Moves the parameters' numbers into the buffer; the module keeps using them there. It is an Error if all parameters
  /// are frozen.
  explicit ParameterBuffer(Module& module);

  const Tensor& values() const { return values_; }        ///< [N], each parameter at a multiple of 16
  const Tensor& gradients() const { return gradients_; }  ///< [N], laid out like values()
  const std::vector<NamedParameter>& parameters() const { return parameters_; }

  /// The names of the other parameters of the module.
  const std::vector<std::string>& frozen() const { return frozen_; }

  /// Index at which parameter i begins in a buffer.
  int64_t begin(size_t i) const { return begins_[i]; }

  /// The part of a buffer [N] that belongs to parameter i, in its shape.
  Tensor part(const Tensor& buffer, size_t i) const;

  void zero_gradients() { gradients_.fill(0); }

 private:
  std::vector<NamedParameter> parameters_;
  std::vector<std::string> frozen_;
  std::vector<int64_t> begins_;
  Tensor values_, gradients_;
};

}  // namespace rotor
