// Module: something with named parameters and named parts. Names join with dots into fairseq's
// (encoder.layers.0.fc1.weight). Parameters start from their initialiser, each from a random stream of its own name, so
// that adding one changes no other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autograd/variable.h"
#include "base/random.h"
#include "tensor/quantized_products.h"

namespace rotor {

/// Fills a new parameter's numbers.
using Initialiser = std::function<void(std::span<float> values, Random& random)>;

Initialiser zeros();
Initialiser ones();
/// Uniform in ±bound.
Initialiser uniform(double bound);
Initialiser normal(double deviation);
/// Uniform in ±gain · √(6 / (in + out)) (Glorot and Bengio 2010).
Initialiser xavier_uniform(int64_t in, int64_t out, double gain = 1);

struct NamedParameter {
  std::string name;
  Variable variable;
  Initialiser initialiser;
};

class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;  // parts are known by their address
  Module& operator=(const Module&) = delete;

  /// All parameters, own ones first, then those of the parts in the order they were named.
  std::vector<NamedParameter> parameters(const std::string& prefix = "") const;

  /// Gives every parameter its start.
  void initialise(uint64_t seed);

  /// Makes constants of the parameters in whose names the regular expression is found: no gradient reaches them. An
  /// Error if there are none.
  void freeze(const std::string& pattern) const;

  /// Lays out the weights of all products for translation, rounded to `type`. Products have no gradients from
  /// here on, and parameters that change are not seen. `read`, if given, is called with each parameter before it is
  /// used, and what is laid out is forgotten at once: a model whose parameters are Hollow then takes no more memory
  /// than that.
  void fix_weights(WeightType type, const std::function<void(const NamedParameter&)>& read = nullptr,
                   const std::string& prefix = "") const;

  /// While one lives, parameters made on this thread have a shape and no numbers, until set_value(): those of a model
  /// that is read from a file.
  class Hollow {
   public:
    Hollow();
    ~Hollow();
    Hollow(const Hollow&) = delete;
    Hollow& operator=(const Hollow&) = delete;
  };

 protected:
  Variable parameter(std::string name, Shape shape, Initialiser initialiser);
  void part(std::string name, const Module& module) { parts_.emplace_back(std::move(name), &module); }
  /// Packs the module's own weights, after those of its parts. True if nothing needs their numbers any more.
  virtual bool fix_own_weights(WeightType /*type*/) const { return false; }

 private:
  std::vector<NamedParameter> own_;
  std::vector<std::pair<std::string, const Module*>> parts_;
};

/// The number of elements of all parameters.
int64_t count_elements(const std::vector<NamedParameter>& parameters);

}  // namespace rotor
