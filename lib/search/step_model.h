// StepModel: the interface between a search and a model. It scores the next tokens of many hypotheses at once, and
// hypotheses may be dropped, copied and reordered between steps.
//
//   model.begin(inputs);
//   model.step(first_tokens, rows);              // one hypothesis an input at first
//   Tensor some = model.scores(0, 48);           // of the first 48 hypotheses
//   model.keep(unfinished);                      // sometimes: these inputs remain
//   model.step(tokens, parents);
#pragma once

#include <cstdint>
#include <span>

#include "search/search_input.h"
#include "tensor/tensor.h"
#include "text/special_tokens.h"

namespace rotor {

class StepModel {
 public:
  /// `specials` are those of the vocabulary that it predicts.
  explicit StepModel(const SpecialTokens& specials) : specials_(specials) {}
  virtual ~StepModel() = default;

  const SpecialTokens& specials() const { return specials_; }

  /// Sets whether attention() will be called after steps; call it before begin().
  void want_attention(bool wanted) { wants_attention_ = wanted; }

  /// Returns whether scores() will be divided by this temperature, from the next begin() on: where a model averages the
  /// probabilities that others have at it. Else it is left to the search.
  virtual bool divide_scores(double temperature) = 0;

  /// Starts on a batch of inputs. What hypotheses continue is the start token, followed by the input's prompt: returns
  /// how many of these tokens it has read of every input. The next one comes by the first step.
  virtual int64_t begin(std::span<const SearchInput> inputs) = 0;

  /// Keeps only these of the current inputs, in this order, for later steps.
  virtual void keep(std::span<const int64_t> inputs) = 0;

  /// Replaces each hypothesis r by the hypothesis parents[r] of the previous step with tokens[r] appended; in the first
  /// step there is one hypothesis an input, and parents are their numbers. The hypotheses of an input are adjacent, and
  /// every input has the same number of them.
  virtual void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) = 0;

  /// The unnormalised log-probabilities [count, n] of the next tokens of hypotheses first, first + 1, … of the last
  /// step, contiguous: in each row those of tokens(), and −∞ after them. Several threads may call it at once.
  virtual Tensor scores(int64_t first, int64_t count) const = 0;

  /// The only tokens that may be produced for one of the current inputs, in rising order; empty: all of the vocabulary.
  virtual std::span<const int32_t> tokens(int64_t /*input*/) const { return {}; }

  /// Attention weights of the hypotheses of the last step to their sources, for the choice of the next tokens: [rows,
  /// longest source of begin()], contiguous; a row's weights add up to 1, and are zero past the end of its source.
  virtual Tensor attention() const = 0;

 protected:
  bool wants_attention() const { return wants_attention_; }

 private:
  SpecialTokens specials_;
  bool wants_attention_ = false;
};

}  // namespace rotor
