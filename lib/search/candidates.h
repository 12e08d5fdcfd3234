// Candidates: the best continuations of a hypothesis, found without sorting the vocabulary. The scores of a row are
// read once, for the softmax's sum and the maximum of each block, and then only the few blocks whose maximum is among
// the best.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace rotor {

/// A hypothesis of the beam and a token to append.
struct Candidate {
  float score = 0;  ///< log-probability of the hypothesis with the token
  int32_t row = 0;  ///< which hypothesis of its sentence
  int32_t token = 0;

  /// Higher scores first; of equal ones, the earlier row and then the smaller token.
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(b.score, a.row, a.token) < std::tie(a.score, b.row, b.token);
  }
};

/// What may follow a hypothesis: any token but <pad>; all but </s> too; or </s> alone.
enum class Continuation { kAny, kNoEnd, kEnd };

/// What a search adds to the log-probability of a token: −∞ forbids it.
struct Change {
  int32_t token = 0;
  float amount = 0;
};

/// What a search wants of the next token beside what the model says of it.
struct NextToken {
  Continuation allowed = Continuation::kAny;
  std::span<const Change> changes = {};  ///< those of one token add up
  int32_t forced = -1;                   ///< if not negative, this token and no other, whatever is allowed
};

/// The best `count` continuations, best first, of hypothesis `row` with log-probability `score`, whose next tokens have
/// the unnormalised log-probabilities `logits`. Continuations of probability zero, or none at all, are left out, and a
/// NaN among the logits leaves out every one. Leaves the logits as they were.
void best_continuations(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t count,
                        std::vector<Candidate>& best);

/// One continuation drawn at random as `draw`, a uniform number from 0 to below 1, says: by the probabilities of all
/// that may follow, of the `topk` likeliest (0: all), or of the fewest likeliest that reach `topp` together. Its score
/// is its log-probability among all tokens, added to `score`. Nothing if no token may follow.
void draw_continuation(std::span<float> logits, float score, int32_t row, const NextToken& next, int64_t topk,
                       double topp, double draw, std::vector<Candidate>& drawn);

}  // namespace rotor
