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

int64_t TransformerSteps::begin(std::span<const SearchInput> inputs) {
  const NoGrad no_grad;
  std::vector<TokenIds> sources;
  for (const SearchInput& input : inputs) sources.push_back(input.source);
  const TokenBatch batch = TokenBatch::of(sources, specials().pad);
  state_ = model_.start(model_.encode(batch), batch.lengths);
  if (wants_attention()) state_.keep_attention();
  features_ = {};
  return 0;
}

void TransformerSteps::keep(std::span<const int64_t> inputs) {
  const NoGrad no_grad;
  state_.select_sources(inputs);
}

void TransformerSteps::step(std::span<const int32_t> tokens, std::span<const int64_t> parents) {
  const NoGrad no_grad;
  if (features_.defined() && !in_place(parents, features_.size(0))) state_.select(parents);
  features_ = model_.step(tokens, state_);
}

Tensor TransformerSteps::scores(int64_t first, int64_t count) const {
  const NoGrad no_grad;
  return model_.logits(features_.narrow(0, first, count)).value();
}

}  // namespace rotor
