// Candidates: the best continuations of a hypothesis, found without sorting the vocabulary. The scores of a row are
// read once, for the softmax's sum and the maximum of each block, and then only the few blocks whose maximum is among
// the best.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "text/special_tokens.h"

namespace rotor {

/// A hypothesis of the beam and a token to append.
struct Candidate {
  float score = 0;  ///< log-probability of the hypothesis with the token
  int32_t row = 0;  ///< number of the hypothesis within its sentence
  int32_t token = 0;

  /// Higher scores first; of equal ones, the earlier row and then the smaller token.
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(b.score, a.row, a.token) < std::tie(a.score, b.row, b.token);
  }
};

/// The tokens that may follow a hypothesis: all but <pad>; all but <pad> and </s>; or </s> only.
enum class Continuation { kAny, kNoEnd, kEnd };

/// A number that a search adds to the log-probability of a token; −∞ forbids the token.
struct Change {
  int32_t token = 0;
  float amount = 0;
};

/// Restrictions and changes that a search applies to the model's choice of the next token. Those of tokens whose logits
/// it does not see have no effect.
struct NextToken {
  Continuation allowed = Continuation::kAny;
  std::vector<Change> changes = {};      ///< changes of the same token add up
  int32_t forced = -1;                   ///< if not negative, only this token may follow, whatever is allowed
  bool certain = false;                  ///< the forced token has the probability one
  SpecialTokens specials = {};           ///< those of the vocabulary
  std::span<const int32_t> tokens = {};  ///< the tokens that the logits are of, in rising order; empty: all

  /// Allows any of the tokens again, without changes.
  void clear() {
    allowed = Continuation::kAny;
    changes.clear();
    forced = -1;
    certain = false;
  }
};

/// The best `count` continuations, best first, of hypothesis `row` with log-probability `score`, whose next tokens have
/// the unnormalised log-probabilities `logits`. Continuations of probability zero, or none at all, are left out, and a
/// NaN among the logits leaves out every one. Leaves the logits as they were.
void best_continuations(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t count,
                        std::vector<Candidate>& best);

/// Draws one continuation at random by `draw`, a uniform number in [0, 1): by the probabilities of all tokens that may
/// follow, of the `topk` likeliest (0: all), or of the fewest likeliest whose probabilities reach `topp` together. Its
/// score is its log-probability among all tokens, added to `score`. The result is empty if no token may follow.
void draw_continuation(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t topk,
                       double topp, double draw, std::vector<Candidate>& drawn);

}  // namespace rotor
