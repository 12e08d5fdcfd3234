#include "nn/feed_forward.h"

#include <fmt/ranges.h>

#include "base/check.h"

namespace rotor {
namespace {

const Activation kActivations[] = {
    {"relu", relu},
    {"gelu", gelu},
    {"swish", swish},
    {"gated-gelu", nullptr, gelu_tanh_gate},
    {"swiglu", nullptr, swish_gate},
};

}  // namespace

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const Activation& activation : kActivations) names.push_back(activation.name);
  return names;
}

const Activation& activation(const std::string& name) {
  for (const Activation& activation : kActivations) {
    if (activation.name == name) return activation;
  }
  fail("unknown activation '{}'; choose one of: {}", name, fmt::join(activation_names(), ", "));
}

FeedForward::FeedForward(int64_t width, int64_t inner, const Activation& activation, bool bias, float dropout)
    : fc1(width, inner, uniform_by_input(width), bias ? uniform_by_input(width) : nullptr),
      fc2(inner, width, uniform_by_input(inner), bias ? uniform_by_input(inner) : nullptr),
      activation_(activation),
      dropout_(dropout) {
  if (activation.gate) {
    fc3 = std::make_unique<Linear>(width, inner, uniform_by_input(width), bias ? uniform_by_input(width) : nullptr);
  }
}

Variable FeedForward::activate(const Variable& x) const {
  if (activation_.apply == relu) return fc1.relu(x);
  return fc3 ? activation_.gate(fc1(x), (*fc3)(x)) : activation_.apply(fc1(x));
}

}  // namespace rotor
