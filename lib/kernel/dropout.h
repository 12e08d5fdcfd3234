// Dropout by counter: whether element i survives is a hash of a key and i, so that the backward pass recomputes the
// mask and none is stored. A counter has 32 bits: fused attention, which never holds its weights, has another mask for
// each 2^32 of them (Mask::part), and a tensor of more elements repeats its mask.
#pragma once

#include <cstdint>

namespace rotor {

struct Dropout {
  float rate = 0;    ///< probability of a zero, in [0, 1)
  uint64_t key = 0;  ///< a different key for each call

  bool active() const { return rate > 0; }

  /// The factor that multiplies element i: 0, or 1 / (1 − rate).
  class Mask {
   public:
    explicit Mask(const Dropout& dropout)
        : low_(static_cast<uint32_t>(dropout.key)),
          high_(static_cast<uint32_t>(dropout.key >> 32)),
          threshold_(static_cast<uint32_t>(static_cast<double>(dropout.rate) * 0x1p32)),
          scale_(1 / (1 - dropout.rate)) {}

    float operator()(uint32_t i) const {
      uint32_t x = i * 0x9e3779b1u + low_;  // two rounds of multiply and xor-shift (as MurmurHash3's finaliser)
      x = (x ^ (x >> 16)) * 0x85ebca6bu + high_;
      x = (x ^ (x >> 13)) * 0xc2b2ae35u;
      x ^= x >> 16;
      return x >= threshold_ ? scale_ : 0.f;
    }

    /// The mask of the elements from n · 2^32 on, which i counts anew.
    Mask part(uint64_t n) const {
      Mask mask = *this;
      mask.high_ ^= static_cast<uint32_t>(n) * 0x9e3779b1u;
      return mask;
    }

   private:
    uint32_t low_, high_, threshold_;
    float scale_;
  };
};

}  // namespace rotor
