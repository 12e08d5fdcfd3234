// The feed-forward sublayer and the table of its activations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/linear.h"

namespace rotor {

/// An activation a(x) of the feed-forward sublayer. A gated one multiplies a(x W₁) by another product, x W₃ (Shazeer
/// 2020), and has `gate` in place of `apply`.
struct Activation {
  std::string name;
  Variable (*apply)(const Variable& x);
  Variable (*gate)(const Variable& x, const Variable& by) = nullptr;  ///< a(x) ⊙ by
};

/// The names of the activations: "relu", "gelu" (exact), "swish", and of those with a gate "gated-gelu" (T5's, by tanh)
/// and "swiglu" (LLaMA's).
std::vector<std::string> activation_names();
/// The activation of that name; for an unknown name, an Error lists the names.
const Activation& activation(const std::string& name);

/// fc2(dropout(a(fc1(x)))), or with a gate fc2(dropout(a(fc1(x)) ⊙ fc3(x))).
class FeedForward : public Module {
 public:
  FeedForward(int64_t width, int64_t inner, const Activation& activation, bool bias, float dropout);

  Variable operator()(const Variable& x) const { return fc2(rotor::dropout(activate(x), dropout_)); }

  Linear fc1, fc2;
  std::unique_ptr<Linear> fc3;  ///< the gate, if there is one

 private:
  Variable activate(const Variable& x) const;

  const Activation& activation_;
  float dropout_;
};

}  // namespace rotor
