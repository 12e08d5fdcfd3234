// Lexical constraints: phrases that a translation must have somewhere, in any order, and phrases that it must not have.
// A phrase is a sequence of adjacent tokens. The number of tokens of phrases that a hypothesis already has decides its
// bank of the beam (Post and Vilar 2018): hypotheses that have more of their phrases are not displaced by likelier ones
// that have fewer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/candidates.h"
#include "search/search_input.h"

namespace rotor {

/// The progress of a hypothesis through its phrases.
struct PhraseProgress {
  int64_t tokens =
      0;  ///< number of tokens of complete phrases, and of the longest phrase begun at the end of the hypothesis
  bool complete = false;      ///< whether the hypothesis has every phrase
  std::vector<int32_t> next;  ///< tokens that continue or begin a missing phrase
};

PhraseProgress progress(const std::vector<TokenIds>& phrases, std::span<const int32_t> tokens);

/// Forbids each token with which a hypothesis would end in one of these phrases.
void forbid_phrases(const std::vector<TokenIds>& phrases, std::span<const int32_t> tokens,
                    std::vector<Change>& changes);

/// Forbids each token with which a hypothesis would have the same `n` tokens in a row twice.
void forbid_repeats(std::span<const int32_t> tokens, int64_t n, std::vector<Change>& changes);

/// A candidate, and the number of tokens of phrases that its hypothesis would have.
struct BankedCandidate {
  Candidate candidate;
  int64_t bank = 0;
};

/// At most `count` candidates: the best of the highest bank, the best of the next lower one, … the second best of the
/// highest, and so on. No candidate comes twice.
std::vector<Candidate> draw_from_banks(std::vector<BankedCandidate> candidates, int64_t count);

}  // namespace rotor
