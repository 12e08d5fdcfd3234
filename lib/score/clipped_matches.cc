#include "score/clipped_matches.h"

#include <algorithm>
#include <bit>

namespace rotor {

namespace {

/// The key of `word` after the n-gram with number `prefix`; never 0.
uint64_t key_of(uint32_t prefix, uint32_t word) {
  return static_cast<uint64_t>(prefix) << 32 | (word + 1);
}

}  // namespace

size_t ClippedMatches::find(uint64_t key) const {
  size_t i = key * 0x9e3779b97f4a7c15u >> shift_;  // Fibonacci hashing (Knuth)
  while (places_[i].key != 0 && places_[i].key != key) i = (i + 1) & (places_.size() - 1);
  return i;
}

void ClippedMatches::begin(std::span<const uint32_t> hypothesis) {
  places_.assign(std::bit_ceil(2 * kBleuOrder * hypothesis.size() + 2), {});
  shift_ = 64 - std::countr_zero(places_.size());
  ngrams_.clear();
  matches_ = {};
  for (size_t i = 0; i < hypothesis.size(); ++i) {
    uint32_t prefix = 0;
    for (uint32_t word : hypothesis.subspan(i, std::min(kBleuOrder, hypothesis.size() - i))) {
      const uint64_t key = key_of(prefix, word);
      Place& place = places_[find(key)];
      if (place.key == 0) {
        ngrams_.emplace_back();
        place = {key, static_cast<uint32_t>(ngrams_.size())};
      }
      ++ngrams_[place.number - 1].count;
      prefix = place.number;
    }
  }
}

void ClippedMatches::add(std::span<const uint32_t> reference) {
  for (Ngram& ngram : ngrams_) ngram.seen = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    uint32_t prefix = 0;
    for (size_t n = 0; n < kBleuOrder && i + n < reference.size(); ++n) {
      prefix = places_[find(key_of(prefix, reference[i + n]))].number;
      if (prefix == 0) break;
      Ngram& ngram = ngrams_[prefix - 1];
      ++ngram.seen;
      if (ngram.seen <= ngram.count && ngram.seen > ngram.matched) {
        ++ngram.matched;
        ++matches_[n];
      }
    }
  }
}

}  // namespace rotor
