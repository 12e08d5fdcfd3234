// Ema: an exponential moving average of the weights (Polyak and Juditsky 1992), a = d · a + (1 − d) · p after every
// update; until update --ema-start-update it is the weights themselves. It often translates better than any of them.
// Validation uses it, and checkpoints hold it as their model.
#pragma once

#include "train/options.h"
#include "train/parameter_buffer.h"

namespace rotor {

class Ema {
 public:
  Ema(const OptimizationOptions& options, ParameterBuffer& parameters);

  /// Starts from the current weights.
  void begin();
  /// Adds the weights after update number `updates` to the average.
  void update(int64_t updates);

  /// The averages [N], laid out as the parameter buffer; while a Swapped lives, the weights.
  const Tensor& shadow() const { return shadow_; }  ///< [N]

  /// While an instance lives, the model holds the averages and shadow() the weights.
  class Swapped {
   public:
    /// Swaps nothing if `ema` is null.
    explicit Swapped(Ema* ema) : ema_(ema) { swap(); }
    ~Swapped() { swap(); }
    Swapped(const Swapped&) = delete;
    Swapped& operator=(const Swapped&) = delete;

   private:
    void swap() const;
    Ema* ema_;
  };

 private:
  ParameterBuffer& parameters_;
  double decay_;
  int64_t start_update_;
  Tensor shadow_;
};

}  // namespace rotor
