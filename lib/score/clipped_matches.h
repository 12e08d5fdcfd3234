// BLEU's modified counts: how many n-grams of a hypothesis, one to four words, are in its references, each counted at
// most as often as in the reference that has it most often. An n-gram's key is the number of its first n − 1 words and
// its last one, so a reference's are looked up from short to long, and not beyond the first that is missing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

constexpr size_t kBleuOrder = 4;

/// Serves one hypothesis after another in the same memory.
class ClippedMatches {
 public:
  /// Begins with a hypothesis, each word a number.
  void begin(std::span<const uint32_t> hypothesis);
  /// Counts what one more of its references has.
  void add(std::span<const uint32_t> reference);
  /// Index n − 1 is for n-grams.
  const std::array<int64_t, kBleuOrder>& matches() const { return matches_; }

 private:
  struct Place {
    uint64_t key = 0;     ///< 0: free
    uint32_t number = 0;  ///< from 1
  };
  struct Ngram {
    uint32_t count = 0;    ///< in the hypothesis
    uint32_t seen = 0;     ///< in the present reference
    uint32_t matched = 0;  ///< in the reference that has it most often, at most `count`
  };
  /// Where the n-gram is, or the free place where it belongs.
  size_t find(uint64_t key) const;

  std::vector<Place> places_;  ///< an open hash table, at most half full; their number is a power of two
  int shift_ = 0;              ///< leaves as many bits of 64 as a place's index has
  std::vector<Ngram> ngrams_;
  std::array<int64_t, kBleuOrder> matches_{};
};

}  // namespace rotor
