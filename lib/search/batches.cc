#include "search/batches.h"

#include <algorithm>
#include <numeric>

namespace rotor {

std::vector<std::vector<int64_t>> batches_by_length(std::span<const int64_t> lengths, const BatchLimits& limits) {
  std::vector<int64_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return lengths[a] > lengths[b]; });
  std::vector<std::vector<int64_t>> batches;
  for (int64_t i : order) {
    const int64_t size = batches.empty() ? 0 : static_cast<int64_t>(batches.back().size());
    const bool full = size == 0 || (limits.sentences > 0 && size == limits.sentences) ||
                      (limits.tokens > 0 && (size + 1) * lengths[batches.back().front()] > limits.tokens);
    if (full) batches.emplace_back();
    batches.back().push_back(i);
  }
  return batches;
}

}  // namespace rotor
