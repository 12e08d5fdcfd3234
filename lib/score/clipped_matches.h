// BLEU's modified counts: the number of n-grams of a hypothesis, of one to four words, that are in its references, each
// counted at most as often as in the reference that has it most often. The key of an n-gram consists of the number of
// its first n − 1 words and of its last word, so the n-grams of a reference are looked up from short to long, and the
// look-up stops at the first that is missing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace rotor {

constexpr size_t kBleuOrder = 4;

/// Counts the clipped matches of one hypothesis after another, in the same memory.
class ClippedMatches {
 public:
  /// Begins a new hypothesis, given as the numbers of its words.
  void begin(std::span<const uint32_t> hypothesis);
  /// Counts the n-grams of one more of its references.
  void add(std::span<const uint32_t> reference);
  /// The clipped matches; index n − 1 holds those of n-grams.
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
  /// Index of the n-gram's place, or of the free place where it belongs.
  size_t find(uint64_t key) const;

  std::vector<Place> places_;  ///< an open hash table, at most half full; their number is a power of two
  int shift_ = 0;              ///< leaves as many bits of 64 as a place's index has
  std::vector<Ngram> ngrams_;
  std::array<int64_t, kBleuOrder> matches_{};
};

}  // namespace rotor
