#include "score/numpy_random.h"

#include <array>
#include <cstddef>

namespace rotor {
namespace {

using Pool = std::array<uint32_t, 4>;

/// numpy's hash of 32 bits, whose constant changes with each use.
class Hash {
 public:
  Hash(uint32_t start, uint32_t factor) : constant_(start), factor_(factor) {}

  uint32_t operator()(uint32_t value) {
    value ^= constant_;
    constant_ *= factor_;
    value *= constant_;
    return value ^ value >> 16;
  }

 private:
  uint32_t constant_, factor_;
};

uint32_t combine(uint32_t a, uint32_t b) {
  const uint32_t mixed = 0xca01f9ddu * a - 0x4973f715u * b;
  return mixed ^ mixed >> 16;
}

/// SeedSequence(seed).pool
Pool seed_pool(uint64_t seed) {
  Hash hash(0x43b0d7e5u, 0x931e8875u);
  Pool pool = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), 0, 0};
  for (uint32_t& word : pool) word = hash(word);
  for (size_t from = 0; from < pool.size(); ++from) {
    for (size_t to = 0; to < pool.size(); ++to) {
      if (from != to) pool[to] = combine(pool[to], hash(pool[from]));
    }
  }
  return pool;
}

/// SeedSequence.generate_state(4, uint64)
std::array<uint64_t, 4> spread(const Pool& pool) {
  Hash hash(0x8b51f9ddu, 0x58f38dedu);
  std::array<uint64_t, 4> words{};
  for (size_t i = 0; i < 2 * words.size(); ++i) {
    words[i / 2] |= static_cast<uint64_t>(hash(pool[i % pool.size()])) << (i % 2 * 32);
  }
  return words;
}

}  // namespace

NumpyRandom::NumpyRandom(uint64_t seed) {
  const auto words = spread(seed_pool(seed));
  increment_ = wide(words[2], words[3]) << 1 | 1;
  next64();
  state_ += wide(words[0], words[1]);
  next64();
}

}  // namespace rotor
