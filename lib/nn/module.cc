#include "nn/module.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/option_text.h"
#include "base/pattern.h"

namespace rotor {
namespace {

thread_local int hollow_depth = 0;

/// A tensor of one NaN, everywhere.
Tensor hollow(const Shape& shape) {
  Shape strides = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) strides[axis] = 0;
  return Tensor::full({1}, NAN).as_strided(shape, strides);
}

}  // namespace

Initialiser zeros() {
  return [](std::span<float> values, Random&) { std::fill(values.begin(), values.end(), 0.f); };
}

Initialiser ones() {
  return [](std::span<float> values, Random&) { std::fill(values.begin(), values.end(), 1.f); };
}

Initialiser uniform(double bound) {
  return [bound](std::span<float> values, Random& random) {
    for (float& value : values) value = static_cast<float>((2 * random.uniform() - 1) * bound);
  };
}

Initialiser normal(double deviation) {
  return [deviation](std::span<float> values, Random& random) {
    for (float& value : values) value = static_cast<float>(random.normal() * deviation);
  };
}

Initialiser xavier_uniform(int64_t in, int64_t out, double gain) {
  return uniform(gain * std::sqrt(6.0 / static_cast<double>(in + out)));
}

std::vector<NamedParameter> Module::parameters(const std::string& prefix) {
  std::vector<NamedParameter> all;
  for (const auto& [name, variable, initialiser] : own_) all.push_back({prefix + name, variable, initialiser});
  for (const auto& [name, module] : parts_) {
    auto inner = module->parameters(prefix + name + ".");
    all.insert(all.end(), inner.begin(), inner.end());
  }
  return all;
}

std::vector<NamedTensor> Module::values() const {
  std::vector<NamedTensor> all;
  for (const auto& [name, variable, initialiser] : own_) all.push_back({name, variable.value()});
  for (const auto& [name, module] : parts_) {
    for (auto& [inner, value] : std::as_const(*module).values()) all.push_back({name + "." + inner, std::move(value)});
  }
  return all;
}

void Module::initialise(uint64_t seed) {
  for (auto& [name, variable, initialiser] : parameters()) {
    Random random(derive(seed, name));
    initialiser(variable.value().span(), random);
  }
}

void Module::freeze(const std::string& pattern) {
  const Pattern names(pattern, "--freeze");
  bool found = false;
  for (auto& [name, variable, initialiser] : parameters()) {
    if (!names.find(name)) continue;
    variable.set_needs_gradient(false);
    found = true;
  }
  require(found, "--freeze {}: expected it in the names of parameters, such as {}, found it in none", pattern,
          parameters().front().name);
}

void Module::begin_update(uint64_t seed, int64_t update) {
  for (const auto& [name, module] : parts_) module->begin_update(derive(seed, name), update);
  begin_own_update(seed, update);
}

void Module::prepare(WeightType type, const WeightSource& source) {
  prepare_own(type, source);
  for (const auto& [name, module] : parts_) module->prepare(type, source);
}

Module::Hollow::Hollow() {
  ++hollow_depth;
}
Module::Hollow::~Hollow() {
  --hollow_depth;
}

Variable Module::parameter(std::string name, Shape shape, Initialiser initialiser) {
  Variable variable(hollow_depth > 0 ? hollow(shape) : Tensor::zeros(shape), true);
  own_.push_back({std::move(name), variable, std::move(initialiser)});
  return variable;
}

int64_t count_elements(const std::vector<NamedParameter>& parameters) {
  int64_t count = 0;
  for (const auto& parameter : parameters) count += parameter.variable.value().elements();
  return count;
}

int64_t count_elements(const Module& module) {
  int64_t count = 0;
  for (const auto& [name, value] : module.values()) count += value.elements();
  return count;
}

}  // namespace rotor
