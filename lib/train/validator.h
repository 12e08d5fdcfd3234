// Validator: what a validation measures on samples that training does not see. Each objective has its own.
#pragma once

#include <cstdint>

#include "data/samples.h"
#include "train/scores.h"
#include "train/workers.h"

namespace rotor {

class Validator {
 public:
  virtual ~Validator() = default;

  /// Measures the model as it is now. The workers share the batches; all of them must call it alike, and each gets the
  /// same scores, of which one is "loss", in bits a target.
  virtual Scores operator()(Workers& workers) const = 0;

  virtual int64_t batches() const = 0;
  virtual int64_t skipped() const = 0;  ///< number of samples left out because they are longer than the model allows
  virtual const Samples& samples() const = 0;
};

}  // namespace rotor
