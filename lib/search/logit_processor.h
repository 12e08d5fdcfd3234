// Logit processors: the rules of a search about the next token of a hypothesis, one small class each. A search asks
// those that its options call for, one after the other, and then makes its choice (search/expansion.h).
//
// --vocab-limit is no rule here: the model does not compute what may not be chosen (OutputLayer).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "search/candidates.h"
#include "search/searched_sentence.h"

namespace rotor {

class LogitProcessor {
 public:
  virtual ~LogitProcessor() = default;

  /// Changes the unnormalised log-probabilities `logits` [V] of the tokens that may follow a hypothesis, or adds to
  /// `next` what the search does beside them: the probabilities of all other tokens are the same then. It is called
  /// once for each hypothesis and step, by several threads at once.
  virtual void process(PartialHypothesis& hypothesis, std::span<float> logits, NextToken& next) const = 0;
};

using LogitProcessors = std::vector<std::unique_ptr<LogitProcessor>>;

/// The processors that the options of a search call for, in their order.
LogitProcessors make_logit_processors(const SearchOptions& options, const SpecialTokens& specials);

/// Makes `next` what the processors say of a hypothesis. One that forces a token is the last one asked.
void process(const LogitProcessors& processors, PartialHypothesis& hypothesis, std::span<float> logits,
             NextToken& next);

}  // namespace rotor
