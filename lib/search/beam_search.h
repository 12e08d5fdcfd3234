// Batched beam search, step for step as fairseq's SequenceGenerator: each step takes the 2·beam best continuations of a
// sentence's hypotheses; </s> finishes one only if it is among the first `beam` of them, the best `beam` others go on;
// a sentence is done, and leaves the batch, when `beam` hypotheses are finished or at its greatest length, where </s>
// is forced. Of equal scores the lower index (hypothesis, then token) comes first. <pad> is never chosen. A sentence's
// result does not depend on the others of the batch.
//
// This is the loop of every search: search/logit_processor.h has the rules about the next token, and
// search/expansion.h the ways to go on from hypotheses: beams, groups of them, samples, and beams shared among banks.
// At the greatest length hypotheses that lack a phrase they must have are taken only where there is no other.
#pragma once

#include <span>
#include <vector>

#include "search/hypothesis.h"
#include "search/search_input.h"
#include "search/step_model.h"

namespace rotor {

/// The finished hypotheses of each input, best first: `options.beam` of them, or fewer if no more exist at the greatest
/// length. Scores of the model that are NaN are an Error.
std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const SearchInput> inputs,
                                                 const SearchOptions& options);

/// Searches for inputs that consist of a source only and are numbered from 0.
std::vector<std::vector<Hypothesis>> beam_search(StepModel& model, std::span<const TokenIds> sources,
                                                 const SearchOptions& options);

}  // namespace rotor
