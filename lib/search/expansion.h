// Expansion: how a search goes on from the hypotheses of a sentence. It proposes continuations of each hypothesis, and
// chooses among the proposals for all of them. Four ways have their classes in expansion.cc:
//
//   beam          the best 2·width continuations, so that `width` remain where as many end; width is the beam
//   groups        a beam for each group of hypotheses, one after the other; a group takes off `diverse_beam_strength`
//                 for each hypothesis of earlier ones that took the same token at this step (Vijayakumar et al. 2016)
//   sampling      continuations drawn at random, one a hypothesis; as many as the beam where they part
//   constrained   a beam that is shared among the banks of search/constraints.h; </s> follows only when a hypothesis
//                 has all phrases of the input
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "search/candidates.h"
#include "search/searched_sentence.h"

namespace rotor {

class Expansion {
 public:
  virtual ~Expansion() = default;

  /// A step begins, at which nothing was taken yet.
  virtual void begin_step() {}

  /// Sets `candidates` to continuations of a hypothesis, whose next tokens have these unnormalised log-probabilities
  /// [V]; they are left as they were. Several threads may call it at once.
  virtual void propose(PartialHypothesis& hypothesis, std::span<float> logits, const NextToken& next,
                       std::vector<Candidate>& candidates) const = 0;

  /// The chosen of the candidates for all hypotheses of a group, best first. They are found among `candidates`, which
  /// are reordered or replaced.
  virtual std::span<const Candidate> choose(const SearchedSentence& sentence,
                                            std::vector<Candidate>& candidates) const = 0;

  /// A hypothesis goes on or ends with this token.
  virtual void took(int32_t /*token*/) {}
};

/// The expansion that the options call for. An input with phrases goes with neither sampling nor groups: an Error.
std::unique_ptr<Expansion> make_expansion(const SearchOptions& options, const SearchInput& input);

}  // namespace rotor
