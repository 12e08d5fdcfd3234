// Counter-based random numbers: the value at (key, index) is a hash of both, so that a stream can be read anywhere, in
// any order and by any number of threads, and a run needs to save nothing but its seed and its place.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

namespace rotor {

/// A 64-bit mixing function (the finaliser of SplitMix64, Steele et al. 2014).
constexpr uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// The key of a stream derived from another key and a number: an update, a layer, an epoch …
constexpr uint64_t derive(uint64_t key, uint64_t number) {
  return mix(mix(key) ^ number);
}

/// The key of a stream derived from a name (FNV-1a).
constexpr uint64_t derive(uint64_t key, std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return derive(key, hash);
}

/// A sequential reader of one stream.
class Random {
 public:
  explicit Random(uint64_t key) : key_(mix(key)) {}

  uint64_t bits() { return mix(key_ ^ (0xd1342543de82ef95u * ++counter_)); }

  /// Draws a number uniform in [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

  /// Draws a number uniform in 0 … n − 1, for n > 0.
  uint64_t below(uint64_t n) { return static_cast<uint64_t>((static_cast<unsigned __int128>(bits()) * n) >> 64); }

  /// Draws a normal number with mean 0 and standard deviation 1 (Box and Muller 1958).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Shuffles by Fisher and Yates, in the same order on every platform, unlike std::shuffle.
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  uint64_t key_;
  uint64_t counter_ = 0;
};

}  // namespace rotor
