#include "train/parameter_buffer.h"

namespace rotor {

ParameterBuffer::ParameterBuffer(Module& module) {
  for (NamedParameter& parameter : module.parameters()) {
    if (parameter.variable.needs_gradient()) {
      parameters_.push_back(std::move(parameter));
    } else {
      frozen_.push_back(std::move(parameter.name));
    }
  }
  ROTOR_CHECK(!parameters_.empty(),
              "expected parameters to train, got a model that is frozen whole; freeze less of it");
  constexpr int64_t kAlignment = 16;  // floats in 64 bytes
  int64_t size = 0;
  for (const auto& parameter : parameters_) {
    begins_.push_back(size);
    size += (parameter.variable.value().elements() + kAlignment - 1) / kAlignment * kAlignment;
  }
  values_ = Tensor::zeros({size});
  gradients_ = Tensor::zeros({size});
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Variable variable = parameters_[i].variable;
    Tensor value = part(values_, i);
    value.copy_from(variable.value());
    variable.set_value(value);
    variable.set_gradient(part(gradients_, i));
  }
}

Tensor ParameterBuffer::part(const Tensor& buffer, size_t i) const {
  const Shape& shape = parameters_[i].variable.shape();
  return buffer.narrow(0, begins_[i], shape.elements()).reshape(shape);
}

}  // namespace rotor
