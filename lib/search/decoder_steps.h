// DecoderSteps: the part that the StepModels of all models share: each step passes one token of each hypothesis through
// a decoder, whose state follows the hypotheses.
#pragma once

#include <algorithm>
#include <optional>

#include "model/stack.h"
#include "search/listed_output.h"
#include "search/step_model.h"

namespace rotor {

/// A model M has decode() and output(), as EncoderDecoder and LanguageModel.
template <typename M>
class DecoderSteps : public StepModel {
 public:
  bool divide_scores(double /*temperature*/) override { return false; }
  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override {
    const NoGrad no_grad;
    if (rows_ > 0 && !in_place(parents)) state_.select(parents);
    rows_ = std::ssize(tokens);
    const TokenBatch next{rows_, 1, {tokens.begin(), tokens.end()}, std::vector<int32_t>(tokens.size(), 1), {}};
    features_ = model_.decode(next, state_).value().contiguous().reshape({rows_, -1});
  }

  Tensor scores(int64_t first, int64_t count) const override {
    const NoGrad no_grad;
    const Tensor features = features_.narrow(0, first, count);
    return listed_ ? listed_->scores(features, first, rows_ / listed_->inputs()) : model_.output()(features).value();
  }

  std::span<const int32_t> tokens(int64_t input) const override {
    return listed_ ? listed_->tokens(input) : model_.output().tokens();
  }

 protected:
  /// `model` must outlive this.
  DecoderSteps(const M& model, const SpecialTokens& specials) : StepModel(specials), model_(model) {}

  const M& model() const { return model_; }
  StackState& state() { return state_; }
  const StackState& state() const { return state_; }

  /// Begins with a state of so many rows; 0 if it has read nothing yet.
  void begin_with(StackState state, int64_t rows) {
    state_ = std::move(state);
    rows_ = rows;
  }

  /// Scores only the tokens of these lists, one for each input of the batch, from its beginning on.
  void list(std::vector<TokenIds> lists) { listed_.emplace(model_.output(), std::move(lists)); }
  /// Keeps the lists of these inputs.
  void keep_lists(std::span<const int64_t> inputs) {
    if (listed_) listed_->keep(inputs);
  }

 private:
  /// True if every row continues itself, so that the state need not move.
  bool in_place(std::span<const int64_t> parents) const {
    int64_t row = 0;
    return std::ssize(parents) == rows_ &&
           std::all_of(parents.begin(), parents.end(), [&](int64_t parent) { return parent == row++; });
  }

  const M& model_;
  StackState state_;
  int64_t rows_ = 0;  ///< of the state
  Tensor features_;   ///< features of the hypotheses of the last step, [rows, D]
  std::optional<ListedOutput> listed_;
};

}  // namespace rotor
