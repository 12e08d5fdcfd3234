// The random numbers of numpy.random.default_rng(seed): sacreBLEU resamples with them, so drawing the very same ones
// gives the very same confidence intervals and p-values. The generator is PCG64 (O'Neill 2014, XSL-RR 128/64), its
// state mixed from the seed by SeedSequence; a number below n comes from 32 bits by Lemire's method (2019).
#pragma once

#include <array>
#include <cstdint>

namespace rotor {

class NumpyRandom {
 public:
  explicit NumpyRandom(uint64_t seed);

  uint64_t next64();
  /// The lower half of the next 64 bits first, then the upper.
  uint32_t next32();
  /// Uniform in 0 … n − 1, for 0 < n < 2^32: a number of Generator.integers(n) or .choice(n).
  uint32_t below(uint32_t n);

 private:
  unsigned __int128 state_ = 0, increment_ = 0;
  uint32_t upper_half_ = 0;
  bool has_upper_half_ = false;
};

}  // namespace rotor
