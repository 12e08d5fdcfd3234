// Options of the commands that decode: how models are loaded, and what computes with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/options.h"
#include "kernel/quantized_products.h"
#include "model/model_file.h"
#include "position/rope_options.h"

namespace rotor {

struct ComputeOptions {
  std::string shortlist, vocab_limit, quantize = "auto";
  int64_t shortlist_first = 100, shortlist_best = 100;
  RopeScalingOptions scaling = RopeScalingOptions::as_in_model();
  bool no_verify = false;
  int64_t threads = 0;

  void describe(Options& options);

  /// The type of weights that --quantize names; empty if each model keeps the type of its file.
  std::optional<WeightType> weights() const;
  Verification verification() const { return rotor::verification(no_verify); }
};

}  // namespace rotor
