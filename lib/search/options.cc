#include "search/options.h"

#include <algorithm>

#include "base/check.h"

namespace rotor {

void SearchOptions::describe(Options& options) {
  options.group("Search");
  options.add("beam", beam, "hypotheses kept a sentence");
  options.add("nbest", nbest, "hypotheses printed a sentence, the best first; at most --beam");
  options.add("lenpen", lenpen, "exponent of the length penalty: below 1 favours shorter, above 1 longer sentences");
  options.add("lenpen-kind", lenpen_kind, "length^lenpen, or ((5 + length) / 6)^lenpen", length_penalty_kinds());
  options.add("unnormalized", unnormalized, "rank by log-probability alone, without a length penalty");
  options.add("min-len", min_len, "least tokens before </s>, where the greatest allows");
  options.add("max-len-a", max_len_a, "most tokens before </s>: a * source length with </s> + b");
  options.add("max-len-b", max_len_b, "see --max-len-a");
  options.add("max-target-positions", max_target_positions, "most tokens of a target, </s> counted");
}

void SearchOptions::check() const {
  auto require = [](bool condition, const std::string& message) {
    if (!condition) throw UsageError(message);
  };
  require(beam >= 1 && beam <= 10000, fmt::format("expected --beam from 1 to 10000, got {}", beam));
  require(nbest >= 1 && nbest <= beam, fmt::format("expected --nbest from 1 to --beam {}, got {}", beam, nbest));
  require(min_len >= 0, fmt::format("expected --min-len of 0 or more, got {}", min_len));
  require(max_len_a >= 0, fmt::format("expected --max-len-a of 0 or more, got {}", max_len_a));
  require(max_len_b >= 0, fmt::format("expected --max-len-b of 0 or more, got {}", max_len_b));
  require(max_target_positions >= 1,
          fmt::format("expected --max-target-positions of 1 or more, got {}", max_target_positions));
}

int64_t SearchOptions::max_length(int64_t source_length) const {
  const double length = max_len_a * static_cast<double>(source_length) + static_cast<double>(max_len_b);
  return static_cast<int64_t>(std::min(length, static_cast<double>(max_target_positions - 1)));
}

}  // namespace rotor
