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
  return packed_ ? (*packed_)(x.value()) : linear(x, weight, bias);
}

void OutputLayer::prepare(WeightType type, const WeightRows& rows) {
  rows_ = rows;
  type_ = type;
  packed_ = tokens_ ? only(*tokens_) : PackedOutput(rows, bias.defined() ? bias.value() : Tensor(), type);
}

PackedOutput OutputLayer::only(const std::vector<int32_t>& tokens) const {
  return {rows_->at(tokens), bias.defined() ? gather(bias.value(), tokens) : Tensor(), type_};
}

}  // namespace rotor
