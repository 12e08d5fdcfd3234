#include "search/listed_output.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace rotor {
namespace {

constexpr size_t kTogether = 8;  // inputs that share a product

/// The elements of all lists, in rising order.
TokenIds united(std::span<const TokenIds> lists) {
  TokenIds all;
  for (const TokenIds& list : lists) {
    TokenIds both;
    std::set_union(all.begin(), all.end(), list.begin(), list.end(), std::back_inserter(both));
    all = std::move(both);
  }
  return all;
}

/// The place of each element of `some` in `all`, both in rising order.
std::vector<int32_t> places_of(const TokenIds& some, const TokenIds& all) {
  std::vector<int32_t> places;
  auto place = all.begin();
  for (const int32_t token : some) {
    place = std::find(place, all.end(), token);
    places.push_back(static_cast<int32_t>(place - all.begin()));
  }
  return places;
}

}  // namespace

ListedOutput::ListedOutput(const OutputLayer& layer, std::vector<TokenIds> lists) {
  for (size_t begin = 0; begin < lists.size(); begin += kTogether) {
    const auto together = std::span(lists).subspan(begin, std::min(kTogether, lists.size() - begin));
    const TokenIds all = united(together);
    const auto output = std::make_shared<const PackedOutput>(layer.only(all));
    for (TokenIds& list : together) {
      std::vector<int32_t> places = places_of(list, all);
      inputs_.push_back({std::move(list), std::move(places), output});
    }
  }
}

void ListedOutput::keep(std::span<const int64_t> inputs) {
  std::vector<Input> kept;
  for (const int64_t input : inputs) kept.push_back(std::move(inputs_[input]));
  inputs_ = std::move(kept);
}

Tensor ListedOutput::scores(const Tensor& features, int64_t first, int64_t each) const {
  const int64_t rows = features.size(0);
  const auto input_of = [&](int64_t row) -> const Input& { return inputs_[(first + row) / each]; };
  size_t longest = 0;
  for (int64_t row = 0; row < rows; ++row) longest = std::max(longest, input_of(row).tokens.size());
  const Tensor result({rows, static_cast<int64_t>(longest)});
  for (int64_t begin = 0, end = 0; begin < rows; begin = end) {
    const auto& output = input_of(begin).output;
    while (end < rows && input_of(end).output == output) ++end;
    const Tensor all = (*output)(features.narrow(0, begin, end - begin));
    for (int64_t row = begin; row < end; ++row) {
      const float* from = all.data() + (row - begin) * all.size(1);
      float* to = result.data() + row * result.size(1);
      const std::vector<int32_t>& places = input_of(row).places;
      for (size_t i = 0; i < places.size(); ++i) to[i] = from[places[i]];
      std::fill(to + places.size(), to + longest, -INFINITY);
    }
  }
  return result;
}

}  // namespace rotor
