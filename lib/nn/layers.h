// The layers of a Transformer apart from attention. Each reads as its formula.
#pragma once

#include <cmath>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "kernel/rows.h"
#include "nn/module.h"

namespace rotor {

/// Computes y = x Wᵀ + b, W [out, in]. The step() of this and other layers serves one step of translation: it maps
/// tensors to tensors, with weights that fix_weights() has prepacked.
class Linear : public Module {
 public:
  Linear(int64_t in, int64_t out, Initialiser weight_start, Initialiser bias_start)
      : weight(parameter("weight", {out, in}, std::move(weight_start))),
        bias(parameter("bias", {out}, std::move(bias_start))) {}

  Variable operator()(const Variable& x) const {
    return packed_ ? packed_->product(x.value(), bias.value()) : linear(x, weight, bias);
  }
  /// max(x Wᵀ + b, 0).
  Variable relu(const Variable& x) const {
    return packed_ ? packed_->product(x.value(), bias.value(), true) : linear_relu(x, weight, bias);
  }

  Tensor step(const Tensor& x, bool relu = false) const { return packed_->product(x, bias.value(), relu); }

  const Variable weight, bias;

 protected:
  bool fix_own_weights(WeightType type) const override {
    packed_ = pack_weights(weight.value(), type);
    return true;
  }

 private:
  mutable std::unique_ptr<PackedWeights> packed_;
};

/// fairseq's initialiser of fc1 and fc2 and of the biases of q, k, v: uniform in ±1/√in.
inline Initialiser uniform_by_input(int64_t in) {
  return uniform(1 / std::sqrt(static_cast<double>(in)));
}

/// Normalises to mean 0 and variance 1 over the last axis, then scales and shifts (Ba et al. 2016).
class LayerNorm : public Module {
 public:
  explicit LayerNorm(int64_t width)
      : weight(parameter("weight", {width}, ones())), bias(parameter("bias", {width}, zeros())) {}

  Variable operator()(const Variable& x) const { return layer_norm(x, weight, bias); }
  Tensor step(const Tensor& x) const {
    return layer_norm(x, weight.value(), bias.value(), Tensor({2, x.elements() / x.size(-1)}));
  }

  const Variable weight, bias;
};

/// A sublayer with its residual connection and norm: LN(x + dropout(f(x))), or x + dropout(f(LN(x))) with the norm
/// first. Only this class knows the difference; its parameters are those of the norm.
class Residual : public LayerNorm {
 public:
  Residual(int64_t width, bool norm_first, float dropout)
      : LayerNorm(width), norm_first_(norm_first), dropout_(dropout) {}

  template <typename Sublayer>
  Variable operator()(const Variable& x, Sublayer&& f) const {
    const LayerNorm& norm = *this;
    return norm_first_ ? add_dropout(x, f(norm(x)), dropout_) : norm(add_dropout(x, f(x), dropout_));
  }

  /// `f` must return a tensor that nothing else holds.
  template <typename Sublayer>
  Tensor step(const Tensor& x, Sublayer&& f) const {
    const Tensor y = f(norm_first_ ? LayerNorm::step(x) : x);
    y.add(x);
    return norm_first_ ? y : LayerNorm::step(y);
  }

 private:
  bool norm_first_;
  float dropout_;
};

enum class Activation { kRelu, kGelu };

/// The feed-forward sublayer fc2(dropout(activation(fc1(x)))).
class FeedForward : public Module {
 public:
  FeedForward(int64_t width, int64_t inner, Activation activation, float dropout)
      : fc1(width, inner, uniform_by_input(width), uniform_by_input(width)),
        fc2(inner, width, uniform_by_input(inner), uniform_by_input(inner)),
        activation_(activation),
        dropout_(dropout) {}

  Variable operator()(const Variable& x) const { return fc2(dropout(activate(x), dropout_)); }
  Tensor step(const Tensor& x) const {
    return fc2.step(activation_ == Activation::kRelu ? fc1.step(x, true) : gelu(fc1.step(x)).value());
  }

  const Linear fc1, fc2;

 private:
  Variable activate(const Variable& x) const { return activation_ == Activation::kRelu ? fc1.relu(x) : gelu(fc1(x)); }

  Activation activation_;
  float dropout_;
};

/// Maps tokens to √D times their rows in a table of token vectors [V, D]; the padding's row starts at zero and stays
/// zero.
class Embedding : public Module {
 public:
  Embedding(int64_t vocabulary, int64_t width, int32_t padding);

  /// ids [n] -> [n, D]. In training each vector is set to zero with probability `word_dropout`, and the others are
  /// scaled by 1 / (1 − word_dropout) (Gal and Ghahramani 2016).
  Variable operator()(std::span<const int32_t> ids, float word_dropout = 0) const;

  const Variable weight;

 private:
  int32_t padding_;
};

}  // namespace rotor
