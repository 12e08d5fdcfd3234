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
  if (wants_attention()) state_.keep_attention();
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
  return model_.logits(model_.step(tokens, state_)).value();
}

}  // namespace rotor
