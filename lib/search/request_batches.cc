#include "search/request_batches.h"

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
    const auto block = [&](int64_t j) { return limits.block > 0 ? (lengths[j] - 1) / limits.block : 0; };
    const bool full = size == 0 || block(i) != block(batches.back().front()) ||
                      (limits.sentences > 0 && size == limits.sentences) ||
                      (limits.tokens > 0 && (size + 1) * lengths[batches.back().front()] > limits.tokens);
    if (full) batches.emplace_back();
    batches.back().push_back(i);
  }
  return batches;
}

std::vector<std::vector<int64_t>> batches_in_runs(std::span<const int64_t> lengths, const BatchLimits& limits) {
  constexpr int64_t kBatches = 8;  // a run
  std::vector<std::vector<int64_t>> batches;
  const int64_t count = std::ssize(lengths);
  for (int64_t begin = 0, end = 0; begin < count; begin = end) {
    int64_t tokens = 0;
    const auto full = [&] {
      return (limits.sentences > 0 && (end - begin) / kBatches >= limits.sentences) ||
             (limits.tokens > 0 && tokens / kBatches >= limits.tokens);
    };
    for (; end < count && !full(); ++end) tokens += lengths[end];
    for (std::vector<int64_t>& batch : batches_by_length(lengths.subspan(begin, end - begin), limits)) {
      for (int64_t& i : batch) i += begin;
      batches.push_back(std::move(batch));
    }
  }
  return batches;
}

}  // namespace rotor
