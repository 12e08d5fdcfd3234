// Module: the base class of layers and models, with named parameters and named parts. Names joined with dots are
// fairseq's (encoder.layers.0.fc1.weight). Each parameter is initialised from a random stream seeded by its own name,
// so that adding a parameter changes no other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autograd/variable.h"
#include "base/random.h"
#include "kernel/quantized_products.h"

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

/// A parameter, for those who change it.
struct NamedParameter {
  std::string name;
  Variable variable;
  Initialiser initialiser;
};

/// A parameter's numbers, for those who read them.
struct NamedTensor {
  std::string name;
  Tensor value;
};

/// Finds the rows of a parameter, a matrix: its own, or those of a file for one that is Hollow.
using WeightSource = std::function<WeightRows(const Tensor& matrix)>;

class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;  // parts are known by their address
  Module& operator=(const Module&) = delete;

  /// All parameters: first the module's own, then the parameters of its parts in the order they were named.
  std::vector<NamedParameter> parameters(const std::string& prefix = "");
  /// The numbers of all parameters, in the same order.
  std::vector<NamedTensor> values() const;

  /// Initialises every parameter.
  virtual void initialise(uint64_t seed);

  /// Makes constants of the parameters whose names match the regular expression somewhere: no gradient reaches them. A
  /// pattern that matches no name is an Error.
  void freeze(const std::string& pattern);

  /// Tells the module and its parts that an update of training begins. What they draw anew for it depends on `seed` and
  /// `update` alone, so that a training goes on after a stop as if there had been none.
  void begin_update(uint64_t seed, int64_t update);

  /// Prepacks the weights of all products for decoding, rounded to `type`, and takes the rows of each matrix from
  /// `source`. From then on products have no gradients and ignore changes of the parameters; the matrices that `source`
  /// found elsewhere may stay Hollow.
  void prepare(
      WeightType type, const WeightSource& source = [](const Tensor& matrix) { return WeightRows(matrix); });

  /// While an instance lives, parameters made on this thread have a shape but no numbers, until set_value(). It serves
  /// models whose parameters are read from a file.
  class Hollow {
   public:
    Hollow();
    ~Hollow();
    Hollow(const Hollow&) = delete;
    Hollow& operator=(const Hollow&) = delete;
  };

 protected:
  Variable parameter(std::string name, Shape shape, Initialiser initialiser);
  void part(std::string name, Module& module) { parts_.emplace_back(std::move(name), &module); }
  /// Packs the module's own weights, before the weights of its parts.
  virtual void prepare_own(WeightType /*type*/, const WeightSource& /*source*/) {}
  virtual void begin_own_update(uint64_t /*seed*/, int64_t /*update*/) {}

 private:
  std::vector<NamedParameter> own_;
  std::vector<std::pair<std::string, Module*>> parts_;
};

/// The number of elements of all parameters.
int64_t count_elements(const std::vector<NamedParameter>& parameters);
int64_t count_elements(const Module& module);

}  // namespace rotor
