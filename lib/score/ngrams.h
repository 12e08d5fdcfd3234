// Counting common n-grams. The suffixes of each sequence are sorted once, by their first symbols; then its n-grams of
// every order stand in order too, and one walk along two sequences an order counts what they share.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rotor {

/// Assigns numbers to words, equal numbers to equal words. It keeps no copy of the words.
class WordIds {
 public:
  std::vector<uint32_t> operator()(std::span<const std::string_view> words);
  void operator()(std::span<const std::string_view> words, std::vector<uint32_t>& ids);

  /// Forgets all words and reserves memory for the given number of new ones.
  void clear(size_t words = 0);

 private:
  struct Slot {
    std::string_view word;
    uint32_t id_and_one = 0;  ///< 0: free
  };
  uint32_t id(std::string_view word);
  void grow(size_t words);

  std::vector<Slot> slots_;  ///< an open hash table, at most half full; their number is a power of two
  uint32_t size_ = 0;
};

/// The n-grams, up to an order, of a sequence of symbols: ids of words, or characters.
class Ngrams {
 public:
  Ngrams(std::vector<uint32_t> symbols, size_t max_order);

  /// Number of n-grams of an order.
  int64_t count(size_t order) const;
  /// Number of n-grams of an order that are in the other sequence too, each counted at most as often as there.
  int64_t matches(const Ngrams& other, size_t order) const;

 private:
  using Gram = std::span<const uint32_t>;

  /// The n-gram that begins the `i`th suffix in sorted order; it is shorter at the end of the sequence.
  Gram gram(size_t i, size_t order) const;

  std::vector<uint32_t> symbols_;
  std::vector<uint32_t> suffixes_;  ///< where the suffixes begin, sorted by their first max_order symbols
};

}  // namespace rotor
