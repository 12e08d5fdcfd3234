// The random numbers of numpy.random.default_rng(seed): sacreBLEU resamples with them, so drawing the same numbers
// gives the same confidence intervals and p-values. The generator is PCG64 (O'Neill 2014, XSL-RR 128/64), its state is
// mixed from the seed by SeedSequence; a number below n is made from 32 bits by Lemire's method (2019).
#pragma once

#include <bit>
#include <cstdint>

namespace rotor {

class NumpyRandom {
 public:
  explicit NumpyRandom(uint64_t seed);

  uint64_t next64();
  /// Returns the lower half of the next 64 bits first, then the upper half.
  uint32_t next32();
  /// Returns a number uniform in 0 … n − 1, for 0 < n < 2^32, as Generator.integers(n) and .choice(n) draw it.
  uint32_t below(uint32_t n);

 private:
  static constexpr unsigned __int128 wide(uint64_t high, uint64_t low) {
    return static_cast<unsigned __int128>(high) << 64 | low;
  }

  unsigned __int128 state_ = 0, increment_ = 0;
  uint32_t upper_half_ = 0;
  bool has_upper_half_ = false;
};

inline uint64_t NumpyRandom::next64() {
  state_ = state_ * wide(0x2360ed051fc65da4u, 0x4385df649fccf645u) + increment_;
  const uint64_t folded = static_cast<uint64_t>(state_ >> 64) ^ static_cast<uint64_t>(state_);
  return std::rotr(folded, static_cast<int>(state_ >> 122));
}

inline uint32_t NumpyRandom::next32() {
  has_upper_half_ = !has_upper_half_;
  if (!has_upper_half_) return upper_half_;
  const uint64_t bits = next64();
  upper_half_ = static_cast<uint32_t>(bits >> 32);
  return static_cast<uint32_t>(bits);
}

inline uint32_t NumpyRandom::below(uint32_t n) {
  if (n == 1) return 0;  // draws nothing
  while (true) {
    const uint64_t product = static_cast<uint64_t>(next32()) * n;
    const auto low = static_cast<uint32_t>(product);
    if (low >= n || low >= -n % n) return static_cast<uint32_t>(product >> 32);  // rarely needs the division
  }
}

}  // namespace rotor
