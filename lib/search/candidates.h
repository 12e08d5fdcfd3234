// Candidates: the best continuations of a hypothesis, found without sorting the vocabulary. The scores of a row are
// read three times while they are in the cache: for the maximum of each block, for the softmax's sum, and then only
// those blocks whose maximum beats the worst candidate so far.
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

/// The best `count` continuations, best first, of hypothesis `row` with log-probability `score`, whose next tokens have
/// the unnormalised log-probabilities `logits`. Continuations of probability zero, or none at all, are left out, and a
/// NaN among the logits leaves out every one.
void best_continuations(std::span<const float> logits, float score, int32_t row, Continuation allowed, int64_t count,
                        std::vector<Candidate>& best);

}  // namespace rotor
