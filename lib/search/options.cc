#include "search/options.h"

#include <algorithm>
#include <cmath>

#include "base/option_text.h"

namespace rotor {

void SearchOptions::describe_ranking(Options& options) {
  options.add("beam", beam, "hypotheses kept a sentence");
  options.add("lenpen", lenpen, "exponent of the length penalty: below 1 favours shorter, above 1 longer sentences");
  options.add("lenpen-kind", lenpen_kind, "length^lenpen, or ((5 + length) / 6)^lenpen", length_penalty_kinds());
  options.add("max-len-a", max_len_a, "most tokens before </s>: a * source length with </s> + b");
  options.add("max-len-b", max_len_b, "see --max-len-a");
}

void SearchOptions::describe(Options& options) {
  options.group("Search");
  describe_ranking(options);
  options.add("nbest", nbest, "hypotheses printed a sentence, the best first; at most --beam");
  options.add("unnormalized", unnormalized, "rank by log-probability alone, without a length penalty");
  options.add("min-len", min_len, "least tokens before </s>, where the greatest allows");
  options.add(
      "coverage-penalty", coverage_penalty,
      "B times the sum of log min(attention received, 1) over the source tokens but </s> is added to the score of "
      "a finished hypothesis (Wu et al. 2016): above 0 it ranks down what leaves words out");
  options.add("temperature", temperature, "divides the model's scores: above 1 it is less sure of itself");
  options.add("unkpen", unkpen, "taken off the log-probability of <unk>: below 0 favours it, inf forbids it");
  options.add("no-repeat-ngram-size", no_repeat_ngram_size, "no N tokens in a row twice in a hypothesis; 0: any");
  options.add("diverse-beam-groups", diverse_beam_groups,
              "groups of hypotheses that avoid each other's tokens (Vijayakumar et al. 2016); divides --beam");
  options.add("diverse-beam-strength", diverse_beam_strength,
              "taken off a token's log-probability for each group before that took it at the same step");
  options.add("sampling", sampling, "draw --beam hypotheses at random in place of searching; the same for a seed");
  options.add("sampling-topk", sampling_topk, "draw each token from the K likeliest; 0: from all");
  options.add("sampling-topp", sampling_topp, "draw each token from the fewest that have this probability together");
  options.add("seed", seed, "of --sampling");
  options.add("max-target-positions", max_target_positions, "most tokens of a target, </s> counted");
}

void SearchOptions::check() const {
  require(beam >= 1 && beam <= 10000, "expected --beam from 1 to 10000, got {}", beam);
  require(nbest >= 1 && nbest <= beam, "expected --nbest from 1 to --beam {}, got {}", beam, nbest);
  require(min_len >= 0, "expected --min-len of 0 or more, got {}", min_len);
  require(max_len_a >= 0, "expected --max-len-a of 0 or more, got {}", max_len_a);
  require(max_len_b >= 0, "expected --max-len-b of 0 or more, got {}", max_len_b);
  require(temperature > 0, "expected --temperature above 0, got {}", temperature);
  require(!std::isnan(unkpen), "expected a number as --unkpen");
  require(coverage_penalty >= 0, "expected --coverage-penalty of 0 or more, got {}", coverage_penalty);
  require(no_repeat_ngram_size >= 0, "expected --no-repeat-ngram-size of 0 or more, got {}", no_repeat_ngram_size);
  require(diverse_beam_groups >= 1 && beam % diverse_beam_groups == 0,
          "expected --diverse-beam-groups that divides --beam {}, got {}", beam, diverse_beam_groups);
  require(diverse_beam_strength >= 0, "expected --diverse-beam-strength of 0 or more, got {}", diverse_beam_strength);
  require(sampling || (sampling_topk == 0 && sampling_topp == 1),
          "--sampling-topk and --sampling-topp are for --sampling");
  require(!sampling || diverse_beam_groups == 1, "expected --sampling or --diverse-beam-groups, not both");
  require(sampling_topk >= 0, "expected --sampling-topk of 0 or more, got {}", sampling_topk);
  require(sampling_topp > 0 && sampling_topp <= 1, "expected --sampling-topp above 0 and at most 1, got {}",
          sampling_topp);
  require(sampling_topk == 0 || sampling_topp == 1, "expected --sampling-topk or --sampling-topp, not both");
  require(max_target_positions >= 1, "expected --max-target-positions of 1 or more, got {}", max_target_positions);
}

int64_t SearchOptions::max_length(int64_t source_length) const {
  const double length = max_len_a * static_cast<double>(source_length) + static_cast<double>(max_len_b);
  return static_cast<int64_t>(std::min(length, static_cast<double>(max_target_positions - 1)));
}

}  // namespace rotor
