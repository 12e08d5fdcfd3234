// Options of the position encodings; a stored model holds them all.
#pragma once

#include <cstdint>
#include <string>

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

  void describe(Options& options);
};

}  // namespace rotor
