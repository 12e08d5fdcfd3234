// Validator: what a validation measures on samples that training does not see. Each objective has its own.
#pragma once

#include <cstdint>
#include <filesystem>

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
  virtual int64_t samples() const = 0;  ///< number of samples, those left out included
  virtual int64_t skipped() const = 0;  ///< number of samples left out because they are longer than the model allows
  virtual const std::filesystem::path& path() const = 0;  ///< the file of the samples
};

}  // namespace rotor
