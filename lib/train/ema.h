// Ema: an exponential moving average of the weights (Polyak and Juditsky 1992), a = d · a + (1 − d) · p after every
// update; until update --ema-start-update it is the weights themselves. It often translates better than any of them.
// Validation uses it, and checkpoints hold it as their model.
#pragma once

#include "train/options.h"
#include "train/parameter_buffer.h"

namespace rotor {

class Ema {
 public:
  Ema(const OptimizationOptions& options, const ParameterBuffer& parameters);

  /// Begins with the weights as they are.
  void begin() const;
  /// Takes the weights after update number `updates`.
  void update(int64_t updates) const;

  /// The averages, as the parameter buffer; while a Swapped lives, the weights.
  const Tensor& shadow() const { return shadow_; }  ///< [N]

  /// While one lives, the averages stand in the model and the weights in shadow().
  class Swapped {
   public:
    /// Of no Ema, nothing is swapped.
    explicit Swapped(const Ema* ema) : ema_(ema) { swap(); }
    ~Swapped() { swap(); }
    Swapped(const Swapped&) = delete;
    Swapped& operator=(const Swapped&) = delete;

   private:
    void swap() const;
    const Ema* ema_;
  };

 private:
  const ParameterBuffer& parameters_;
  double decay_;
  int64_t start_update_;
  Tensor shadow_;
};

}  // namespace rotor
