// Linear: a product with a matrix of weights, which is trained, or prepacked for decoding.
#pragma once

#include <cmath>
#include <memory>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "nn/module.h"

namespace rotor {

/// fairseq's initialiser of fc1 and fc2 and of the biases of q, k, v: uniform in ±1/√in.
inline Initialiser uniform_by_input(int64_t in) {
  return uniform(1 / std::sqrt(static_cast<double>(in)));
}

/// Computes y = x Wᵀ + b, W [out, in]; without an initialiser of the bias there is no b.
class Linear : public Module {
 public:
  Linear(int64_t in, int64_t out, Initialiser weight_start, Initialiser bias_start)
      : weight(parameter("weight", {out, in}, std::move(weight_start))) {
    if (bias_start) bias = parameter("bias", {out}, std::move(bias_start));
  }

  Variable operator()(const Variable& x) const {
    return packed_ ? packed_->product(x.value(), bias_or_none()) : linear(x, weight, bias);
  }

  /// max(x Wᵀ + b, 0).
  Variable relu(const Variable& x) const {
    if (packed_) return packed_->product(x.value(), bias_or_none(), true);
    return bias.defined() ? linear_relu(x, weight, bias) : rotor::relu(linear(x, weight, bias));
  }

  Variable weight, bias;  ///< `bias` may be undefined

 protected:
  void prepare_own(WeightType type, const WeightSource& source) override {
    packed_ = pack_weights(source(weight.value()), type);
  }

 private:
  Tensor bias_or_none() const { return bias.defined() ? bias.value() : Tensor(); }

  std::unique_ptr<PackedWeights> packed_;  ///< after prepare()
};

}  // namespace rotor
