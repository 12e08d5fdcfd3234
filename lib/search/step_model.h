// StepModel: what beam search asks of a model. It scores the next tokens of many hypotheses at once, and hypotheses may
// be dropped, copied and reordered between steps.
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

  /// Whether attention() is asked for after steps; to be said before begin().
  void want_attention(bool wanted) { wants_attention_ = wanted; }

  /// Starts on a batch of sentences, each with its </s>.
  virtual void begin(std::span<const TokenIds> sources) = 0;

  /// Leaves only these of the present sentences, in this order, for the steps to come.
  virtual void keep(std::span<const int64_t> sentences) = 0;

  /// Hypothesis r is now what hypothesis parents[r] was after the step before, with tokens[r] appended; in the first
  /// step it is tokens[r] alone. The hypotheses of a sentence stand next to each other, equally many a sentence.
  virtual void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) = 0;

  /// The unnormalised log-probabilities [count, V] of the next tokens of hypotheses first, first + 1, … of the last
  /// step, contiguous. Threads may ask at once.
  virtual Tensor scores(int64_t first, int64_t count) const = 0;

  /// How the hypotheses of the last step attended to their sources in choosing their next tokens: [rows, longest source
  /// of begin()], contiguous; a row's weights add up to 1, and are zero past the end of its source.
  virtual Tensor attention() const = 0;

 protected:
  bool wants_attention() const { return wants_attention_; }

 private:
  bool wants_attention_ = false;
};

}  // namespace rotor
