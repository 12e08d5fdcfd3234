#include "nn/embedding.h"

#include <algorithm>

#include "kernel/dropout.h"
#include "kernel/embedding.h"

namespace rotor {
namespace {

/// N(0, D^-½) with the padding's row zero, as fairseq.
Initialiser embedding_start(int64_t width, int32_t padding) {
  return [=](std::span<float> values, Random& random) {
    normal(1 / std::sqrt(static_cast<double>(width)))(values, random);
    if (padding == Embedding::kNoPadding) return;
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

/// The elements of x [n] at those places.
Tensor gather(const Tensor& x, const std::vector<int32_t>& places) {
  Tensor result({std::ssize(places)});
  for (size_t i = 0; i < places.size(); ++i) result.data()[i] = x.data()[places[i]];
  return result;
}

}  // namespace

Embedding::Embedding(int64_t vocabulary, int64_t width, int32_t padding, float factor)
    : weight(parameter("weight", {vocabulary, width}, embedding_start(width, padding))),
      padding_(padding),
      factor_(factor) {}

Variable Embedding::operator()(std::span<const int32_t> ids, float word_dropout) const {
  if (rows_) return embedding(*rows_, ids, factor_);
  return drop_rows(embedding(weight, ids, factor_, padding_), word_dropout);
}

Variable OutputLayer::operator()(const Variable& x) const {
  if (!packed_) return linear(x, weight, bias);
  const Tensor scores = packed_->product(x.value(), packed_bias_);
  if (tokens_.empty()) return scores;
  Shape shape = scores.shape();
  const int64_t count = std::ssize(tokens_), vocabulary = weight.size(0);
  shape[shape.rank() - 1] = vocabulary;
  const Tensor all = Tensor::full(shape, -INFINITY);
  const auto from = scores.span(), to = all.span();
  for (int64_t row = 0; row < scores.elements() / count; ++row) {
    for (int64_t i = 0; i < count; ++i) to[row * vocabulary + tokens_[i]] = from[row * count + i];
  }
  return all;
}

void OutputLayer::prepare(WeightType type, const WeightRows& rows) {
  packed_ = pack_weights(tokens_.empty() ? rows : rows.at(tokens_), type);
  if (bias.defined()) packed_bias_ = tokens_.empty() ? bias.value() : gather(bias.value(), tokens_);
}

}  // namespace rotor
