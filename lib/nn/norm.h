// Norms, and the residual connection that owns one.
#pragma once

#include <string>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "nn/module.h"

namespace rotor {

/// The kinds of norms: "layer" (Ba et al. 2016) and "rms" (Zhang and Sennrich 2019).
std::vector<std::string> norm_names();

struct NormOptions {
  std::string kind = "layer";
  double epsilon = 1e-5;
};

/// Scales each row over the last axis: (x − mean) / √(variance + ε) · weight + bias, or with the kind "rms"
/// x / √(mean(x²) + ε) · weight, which has no bias.
class Norm : public Module {
 public:
  Norm(int64_t width, const NormOptions& options);

  Variable operator()(const Variable& x) const {
    return bias.defined() ? layer_norm(x, weight, bias, epsilon_) : rms_norm(x, weight, epsilon_);
  }

  Variable weight, bias;  ///< `bias` of "rms" is undefined

 private:
  float epsilon_;
};

/// A sublayer with its residual connection and norm: norm(x + dropout(f(x))), or x + dropout(f(norm(x))) with the norm
/// first. Only this class knows the difference; its parameters are those of the norm.
class Residual : public Norm {
 public:
  Residual(int64_t width, const NormOptions& norm, bool norm_first, float dropout)
      : Norm(width, norm), norm_first_(norm_first), dropout_(dropout) {}

  template <typename Sublayer>
  Variable operator()(const Variable& x, Sublayer&& f) const {
    const Norm& norm = *this;
    return norm_first_ ? add_dropout(x, f(norm(x)), dropout_) : norm(add_dropout(x, f(x), dropout_));
  }

 private:
  bool norm_first_;
  float dropout_;
};

}  // namespace rotor
