// Options of the position encodings; a stored model holds all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/options.h"
#include "position/rope_options.h"

namespace rotor {

struct PositionOptions {
  std::string encoding = "sinusoidal";
  int64_t max_positions = 1024;
  std::string sinusoidal_layout = "interleaved";
  int64_t position_offset = 0;
  double rope_base = 10000;
  std::string rope_layout = "interleaved";
  double rope_fraction = 1, rope_kept_frequencies = 1;
  RopeScalingOptions rope_scaling;
  bool rotary_value = false, rotary_cross_attention = false;
  double xpos_scale_base = 512;
  int64_t max_relative_position = 16;
  int64_t t5_buckets = 32, max_distance = 128;
  int64_t sandwich_width = 128;
  int64_t fire_width = 32, fire_threshold = 512;
  int64_t cope_positions = 64;
  int64_t shape_max_shift = 500;
  double cape_global_shift = 5, cape_local_shift = 0.5, cape_global_scaling = 1.03;
  int64_t no_position_every = 0;  ///< every so many layers have no positions; 0: all have them

  /// Adds the options of encodings; `used` returns the names of those that the model's stacks have.
  void describe(Options& options, std::function<std::vector<std::string>()> used);
  /// Adds them for a model whose stacks all have `encoding`.
  void describe(Options& options) {
    describe(options, [this] { return std::vector{encoding}; });
  }
};

}  // namespace rotor
