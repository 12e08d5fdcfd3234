#include "score/ngrams.h"

#include <algorithm>
#include <numeric>

namespace rotor {
namespace {

bool less(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

std::vector<uint32_t> WordIds::operator()(std::span<const std::string_view> words) {
  std::vector<uint32_t> ids;
  ids.reserve(words.size());
  for (std::string_view word : words) ids.push_back(ids_.try_emplace(word, ids_.size()).first->second);
  return ids;
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
