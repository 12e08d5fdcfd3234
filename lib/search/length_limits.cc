#include "search/length_limits.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"

namespace rotor {

void LengthLimit::lower(int64_t positions) {
  if (positions < tokens) *this = {positions, true};
}

Shortener Shortener::of_sentences(const std::string& side, const LengthLimit& limit, bool refuse) {
  return {side + " tokens (</s> counted)", "--max-" + side + "-positions", "split the sentence", false, limit, refuse};
}

Shortener Shortener::of_prompts(const LengthLimit& target, bool refuse) {
  const LengthLimit limit = {std::max<int64_t>(0, target.tokens - 2), target.of_model};
  return {"tokens of a prompt", "--max-target-positions", "shorten the prompt", true, limit, refuse};
}

void Shortener::operator()(TokenIds& ids, const std::string& place, int64_t kept) {
  const int64_t length = std::ssize(ids), over = length - limit_.tokens;
  if (over <= 0) return;
  ROTOR_CHECK(!refuse_, "{}: expected at most {} {}{}, got {}; {}{}, or give --long-sentences truncate", place,
              limit_.tokens, what_, limit_.of_model ? ", where the model's positions end" : "", length,
              limit_.of_model ? "" : "raise " + option_ + ", ", remedy_);
  if (!warned_) {
    log::warn("{}: {} {} cut off {} {}, and so are those of longer lines after it; {}", place, length, what_,
              keeps_end_ ? "before the last" : "after", limit_.tokens,
              limit_.of_model ? "the model's positions end there" : "see " + option_);
  }
  warned_ = true;
  const auto from = keeps_end_ ? ids.begin() : std::max(ids.begin(), ids.end() - kept - over);
  ids.erase(from, from + over);
}

}  // namespace rotor
