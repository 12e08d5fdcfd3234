// The options of attention; a model file holds all of them.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"

namespace rotor {

struct AttentionOptions {
  std::string kernel = "softmax";
  int64_t window = 0;  ///< query i sees keys j with |i − j| < window; 0: all
  bool bias = true;    ///< of the projections
  double dropout = 0;  ///< of the attention weights
  std::string linear_rotary = "after";
  int64_t performer_features = 0;  ///< random features of a head; 0: ⌊d ln d⌋
  int64_t performer_redraw_updates = 1000;

  void describe(Options& options);
};

}  // namespace rotor
