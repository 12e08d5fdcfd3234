#include "nn/layers.h"

#include <algorithm>

namespace rotor {
namespace {

/// N(0, D^-½) with the padding's row zero, as fairseq.
Initialiser embedding_start(int64_t width, int32_t padding) {
  return [=](std::span<float> values, Random& random) {
    normal(1 / std::sqrt(static_cast<double>(width)))(values, random);
    auto row = values.subspan(padding * width, width);
    std::fill(row.begin(), row.end(), 0.f);
  };
}

}  // namespace

Embedding::Embedding(int64_t vocabulary, int64_t width, int32_t padding)
    : weight(parameter("weight", {vocabulary, width}, embedding_start(width, padding))), padding_(padding) {}

Variable Embedding::operator()(std::span<const int32_t> ids) const {
  return embedding(weight, ids, std::sqrt(static_cast<float>(weight.size(1))), padding_);
}

}  // namespace rotor
