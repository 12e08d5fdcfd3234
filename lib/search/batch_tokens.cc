#include "search/batch_tokens.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rotor {

BatchTokens::BatchTokens(std::vector<std::vector<int32_t>> lists) {
  int32_t end = 0;
  for (const auto& list : lists) end = list.empty() ? end : std::max(end, list.back() + 1);
  std::vector<int32_t> place(end, -1);
  for (const auto& list : lists) {
    for (const int32_t token : list) place[token] = 0;
  }
  for (int32_t token = 0; token < end; ++token) {
    if (place[token] < 0) continue;
    place[token] = static_cast<int32_t>(all_.size());
    all_.push_back(token);
  }
  for (auto& list : lists) {
    std::vector<int32_t> places(list.size());
    std::transform(list.begin(), list.end(), places.begin(), [&](int32_t token) { return place[token]; });
    inputs_.push_back({std::move(list), std::move(places)});
  }
}

void BatchTokens::keep(std::span<const int64_t> inputs) {
  std::vector<Input> kept;
  for (const int64_t input : inputs) kept.push_back(inputs_[input]);
  inputs_ = std::move(kept);
}

Tensor BatchTokens::own(const Tensor& scores, int64_t first, int64_t each) const {
  const int64_t rows = scores.size(0), count = std::ssize(all_);
  size_t longest = 0;
  for (int64_t i = first / each; i <= (first + rows - 1) / each; ++i) {
    longest = std::max(longest, inputs_[i].tokens.size());
  }
  const Tensor result({rows, static_cast<int64_t>(longest)});
  float* to = result.data();
  for (int64_t row = 0; row < rows; ++row, to += longest) {
    const float* from = scores.data() + row * count;
    const std::vector<int32_t>& places = inputs_[(first + row) / each].places;
    for (size_t i = 0; i < places.size(); ++i) to[i] = from[places[i]];
    std::fill(to + places.size(), to + longest, -INFINITY);
  }
  return result;
}

}  // namespace rotor
