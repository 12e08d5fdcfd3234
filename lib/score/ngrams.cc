#include "score/ngrams.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "base/random.h"

namespace rotor {
namespace {

bool less(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

template <typename Number>
uint64_t read(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

/// A word's first and last bytes, which may be the same ones, eight at a time; one of more than 16 bytes is rehashed.
uint64_t hash(std::string_view word) {
  uint64_t seed = word.size();
  for (; word.size() > 16; word.remove_prefix(8)) seed = mix(seed ^ read<uint64_t>(word.data()));
  const char *begin = word.data(), *end = begin + word.size();
  uint64_t first = 0, last = 0;
  if (word.size() >= 8) {
    first = read<uint64_t>(begin), last = read<uint64_t>(end - 8);
  } else if (word.size() >= 4) {
    first = read<uint32_t>(begin), last = read<uint32_t>(end - 4);
  } else if (!word.empty()) {
    first = read<uint8_t>(begin), last = read<uint8_t>(end - 1) << 8 | read<uint8_t>(begin + word.size() / 2);
  }
  const auto product =
      static_cast<unsigned __int128>(first ^ 0x9e3779b97f4a7c15u) * (last ^ seed ^ 0xe7037ed1a0b428dbu);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

std::vector<uint32_t> WordIds::operator()(std::span<const std::string_view> words) {
  std::vector<uint32_t> ids;
  (*this)(words, ids);
  return ids;
}

void WordIds::operator()(std::span<const std::string_view> words, std::vector<uint32_t>& ids) {
  grow(size_ + words.size());
  ids.clear();
  for (std::string_view word : words) ids.push_back(id(word));
}

void WordIds::clear(size_t words) {
  slots_.assign(std::bit_ceil(2 * words + 1), {});
  size_ = 0;
}

uint32_t WordIds::id(std::string_view word) {
  size_t i = hash(word) & (slots_.size() - 1);
  while (slots_[i].id_and_one != 0 && slots_[i].word != word) i = (i + 1) & (slots_.size() - 1);
  if (slots_[i].id_and_one == 0) slots_[i] = {word, ++size_};
  return slots_[i].id_and_one - 1;
}

void WordIds::grow(size_t words) {
  const size_t needed = std::bit_ceil(2 * words + 1);
  if (needed <= slots_.size()) return;
  std::vector<Slot> old(needed);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id_and_one == 0) continue;
    size_t i = hash(slot.word) & (needed - 1);
    while (slots_[i].id_and_one != 0) i = (i + 1) & (needed - 1);
    slots_[i] = slot;
  }
}

Ngrams::Ngrams(std::vector<uint32_t> symbols, size_t max_order)
    : symbols_(std::move(symbols)), suffixes_(symbols_.size()) {
  std::iota(suffixes_.begin(), suffixes_.end(), 0);
  const auto prefix = [&](uint32_t begin) {
    return Gram(symbols_).subspan(begin, std::min(max_order, symbols_.size() - begin));
  };
  std::sort(suffixes_.begin(), suffixes_.end(), [&](uint32_t a, uint32_t b) { return less(prefix(a), prefix(b)); });
}

int64_t Ngrams::count(size_t order) const {
  return std::max<int64_t>(0, std::ssize(symbols_) - static_cast<int64_t>(order) + 1);
}

Ngrams::Gram Ngrams::gram(size_t i, size_t order) const {
  const size_t begin = suffixes_[i];
  return Gram(symbols_).subspan(begin, std::min(order, symbols_.size() - begin));
}

int64_t Ngrams::matches(const Ngrams& other, size_t order) const {
  int64_t matches = 0;
  for (size_t i = 0, k = 0; i < suffixes_.size() && k < other.suffixes_.size();) {
    const Gram ours = gram(i, order), theirs = other.gram(k, order);
    if (less(ours, theirs)) {
      ++i;
    } else if (less(theirs, ours)) {
      ++k;
    } else {
      matches += ours.size() == order;  // pairing equal ones off clips their counts; shorter ones are no n-grams
      ++i, ++k;
    }
  }
  return matches;
}

}  // namespace rotor
