// Batched beam search, step for step as fairseq's SequenceGenerator: each step takes the 2·beam best continuations of a
// sentence's hypotheses; </s> finishes one only if it is among the first `beam` of them, the best `beam` others go on;
// a sentence is done, and leaves the batch, when `beam` hypotheses are finished or at its greatest length, where </s>
// is forced. Of equal scores the lower index (hypothesis, then token) comes first. <pad> is never chosen. A sentence's
// result does not depend on the others of the batch.
//
// Diverse beams (Vijayakumar et al. 2016) search in groups, one after the other at each step; a group takes off
// `diverse_beam_strength` for each group before it that took the same token. Sampling draws hypotheses one by one. With
// phrases that a translation must have, the beam is shared among the banks of constraints.h, and a hypothesis ends when
// it has them all; at the greatest length those that do not are taken only where there is no other.
#pragma once

#include <span>
#include <vector>

#include "search/hypothesis.h"
#include "search/options.h"
#include "search/step_model.h"

namespace rotor {

struct SearchInput {
  TokenIds source;                     ///< source with its </s>
  TokenIds prefix = {};                ///< beginning of every hypothesis, used up to the greatest length
  int64_t number = 0;                  ///< number of this input, with which sampling seeds its random numbers
  std::vector<TokenIds> phrases = {};  ///< phrases that every hypothesis must have; only for search with one group
  std::vector<TokenIds> avoided = {};  ///< phrases that no hypothesis may have outside the prefix
};

/// The finished hypotheses of each input, best first: `options.beam` of them, or fewer if no more exist at the greatest
/// length. Scores of the model that are NaN are an Error.
std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const SearchInput> inputs,
                                                 const SearchOptions& options);

/// Searches for inputs that consist of a source only and are numbered from 0.
std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const TokenIds> sources,
                                                 const SearchOptions& options);

}  // namespace rotor
