#include "search/transformer_steps.h"

namespace rotor {
namespace {

/// True if every row continues itself, so that the state need not move.
bool in_place(std::span<const int64_t> parents, int64_t rows) {
  for (size_t r = 0; r < parents.size(); ++r) {
    if (parents[r] != static_cast<int64_t>(r)) return false;
  }
  return static_cast<int64_t>(parents.size()) == rows;
}

}  // namespace

void TransformerSteps::begin(std::span<const TokenIds> sources) {
  const NoGrad no_grad;
  const TokenBatch batch = TokenBatch::of({sources.begin(), sources.end()});
  state_ = model_.start(model_.encode(batch), batch.lengths);
  rows_ = 0;
}

void TransformerSteps::keep(std::span<const int64_t> sentences) {
  const NoGrad no_grad;
  state_.select_sources(sentences);
}

Tensor TransformerSteps::step(std::span<const int32_t> tokens, std::span<const int64_t> parents) {
  const NoGrad no_grad;
  const auto rows = static_cast<int64_t>(tokens.size());
  if (rows_ > 0 && !in_place(parents, rows_)) state_.select(parents);
  rows_ = rows;
  const TokenBatch batch{rows, 1, {tokens.begin(), tokens.end()}, std::vector<int32_t>(tokens.size(), 1)};
  const Tensor features = model_.decode(batch, state_).value();  // [rows, 1, D]
  return model_.logits(features.contiguous().reshape({rows, -1})).value();
}

}  // namespace rotor
