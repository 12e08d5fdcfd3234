// Options of the position encodings; a stored model holds all of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

struct PositionOptions {
  std::string encoding = "sinusoidal";
  std::string encoder_encoding, decoder_encoding;  ///< empty: `encoding`
  int64_t max_positions = 1024;
  std::string sinusoidal_layout = "interleaved";
  int64_t position_offset = 0;
  double rope_base = 10000;
  std::string rope_layout = "interleaved";
  double xpos_scale_base = 512;
  int64_t max_relative_position = 16;
  int64_t t5_buckets = 32, max_distance = 128;

  void describe(Options& options);

  /// The name of one stack's encoding.
  const std::string& of_stack(bool decoder) const {
    const std::string& own = decoder ? decoder_encoding : encoder_encoding;
    return own.empty() ? encoding : own;
  }
};

}  // namespace rotor
