// Options of the position encodings; a stored model holds all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

struct PositionOptions {
  std::string encoding = "sinusoidal";
  int64_t max_positions = 1024;
  std::string sinusoidal_layout = "interleaved";
  int64_t position_offset = 0;
  double rope_base = 10000;
  std::string rope_layout = "interleaved";
  double xpos_scale_base = 512;
  int64_t max_relative_position = 16;
  int64_t t5_buckets = 32, max_distance = 128;

  /// Adds the options of encodings; `used` returns the names of those that the model's stacks have.
  void describe(Options& options, std::function<std::vector<std::string>()> used);
  /// Adds them for a model whose stacks all have `encoding`.
  void describe(Options& options) {
    describe(options, [this] { return std::vector{encoding}; });
  }
};

}  // namespace rotor
