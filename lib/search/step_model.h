// StepModel: the interface between beam search and a model. It scores the next tokens of many hypotheses at once, and
// hypotheses may be dropped, copied and reordered between steps.
//
//   model.begin(sources);
//   model.step(first_tokens, rows);              // one hypothesis a sentence at first
//   Tensor some = model.scores(0, 48);           // of the first 48 hypotheses
//   model.keep(unfinished);                      // sometimes: these sentences remain
//   model.step(tokens, parents);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

using TokenIds = std::vector<int32_t>;

class StepModel {
 public:
  virtual ~StepModel() = default;

  /// Sets whether attention() will be called after steps; call it before begin().
  void want_attention(bool wanted) { wants_attention_ = wanted; }

  /// Starts on a batch of sentences, each with its </s>.
  virtual void begin(std::span<const TokenIds> sources) = 0;

  /// Keeps only these of the current sentences, in this order, for later steps.
  virtual void keep(std::span<const int64_t> sentences) = 0;

  /// Replaces each hypothesis r by the hypothesis parents[r] of the previous step with tokens[r] appended; in the first
  /// step it is tokens[r] alone. The hypotheses of a sentence are adjacent, and every sentence has the same number of
  /// them.
  virtual void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) = 0;

  /// The unnormalised log-probabilities [count, V] of the next tokens of hypotheses first, first + 1, … of the last
  /// step, contiguous. Several threads may call it at once.
  virtual Tensor scores(int64_t first, int64_t count) const = 0;

  /// Attention weights of the hypotheses of the last step to their sources, for the choice of the next tokens: [rows,
  /// longest source of begin()], contiguous; a row's weights add up to 1, and are zero past the end of its source.
  virtual Tensor attention() const = 0;

 protected:
  bool wants_attention() const { return wants_attention_; }

 private:
  bool wants_attention_ = false;
};

}  // namespace rotor
