#include "nn/layers.h"

#include <algorithm>

#include "kernel/dropout.h"

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

/// Dropout of whole rows of x [n, D].
Variable drop_rows(const Variable& x, float rate) {
  if (rate == 0 || !recording()) return x;
  const Dropout::Mask mask(Dropout{rate, next_random_key()});
  const Tensor factors(x.shape());
  for (int64_t row = 0; row < x.size(0); ++row) factors.narrow(0, row, 1).fill(mask(static_cast<uint32_t>(row)));
  return mul(x, factors);
}

}  // namespace

Embedding::Embedding(int64_t vocabulary, int64_t width, int32_t padding)
    : weight(parameter("weight", {vocabulary, width}, embedding_start(width, padding))), padding_(padding) {}

Variable Embedding::operator()(std::span<const int32_t> ids, float word_dropout) const {
  return drop_rows(embedding(weight, ids, std::sqrt(static_cast<float>(weight.size(1))), padding_), word_dropout);
}

}  // namespace rotor
