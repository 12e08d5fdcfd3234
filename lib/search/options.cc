#include "search/options.h"

#include <algorithm>

#include "base/option_text.h"

namespace rotor {

void SearchOptions::describe_ranking(Options& options) {
  options.add("beam", beam, "hypotheses kept a sentence").at_least(1).at_most(10000).common();
  options.add("lenpen", lenpen, "exponent of the length penalty: below 1 favours shorter, above 1 longer sentences")
      .only("without --unnormalized", [this] { return !unnormalized; })
      .common();
  options.add("lenpen-kind", lenpen_kind, "length^lenpen, or ((5 + length) / 6)^lenpen", length_penalty_kinds())
      .only("without --unnormalized", [this] { return !unnormalized; });
  options.add("max-len-a", max_len_a, "most tokens before </s>: a * source length with </s> + b").at_least(0);
  options.add("max-len-b", max_len_b, "see --max-len-a").at_least(0);
}

void SearchOptions::describe(Options& options) {
  options.group("Search");
  describe_decoding(options);
  describe_positions(options);
}

void SearchOptions::describe_positions(Options& options) {
  options.add("max-target-positions", max_target_positions, "most tokens of a target, </s> counted").at_least(1);
}

void SearchOptions::describe_decoding(Options& options) {
  describe_ranking(options);
  options.add("nbest", nbest, "hypotheses printed a sentence, the best first; at most --beam").at_least(1).common();
  options.add("unnormalized", unnormalized, "rank by log-probability alone, without a length penalty");
  options.add("min-len", min_len, "least tokens before </s>, where the greatest allows").at_least(0);
  options
      .add("coverage-penalty", coverage_penalty,
           "B times the sum of log min(attention received, 1) over the source tokens but </s> is added to the score of "
           "a finished hypothesis (Wu et al. 2016): above 0 it ranks down what leaves words out")
      .at_least(0);
  options.add("temperature", temperature, "divides the model's scores: above 1 it is less sure of itself").above(0);
  options
      .add("unkpen", unkpen,
           "taken off the log-probability of <unk>: below 0 favours it, inf forbids it, -inf allows nothing else")
      .may_be_infinite();
  options.add("no-repeat-ngram-size", no_repeat_ngram_size, "no N tokens in a row twice in a hypothesis; 0: any")
      .at_least(0);
  options
      .add("diverse-beam-groups", diverse_beam_groups,
           "groups of hypotheses that avoid each other's tokens (Vijayakumar et al. 2016); divides --beam")
      .at_least(1);
  options
      .add("diverse-beam-strength", diverse_beam_strength,
           "taken off a token's log-probability for each group before that took it at the same step")
      .at_least(0)
      .only("with --diverse-beam-groups above 1", [this] { return diverse_beam_groups > 1; });
  describe_sampling(options);
}

void SearchOptions::describe_sampling(Options& options) {
  options.add("sampling", sampling, "draw --beam hypotheses at random in place of searching; the same for a seed");
  options.add("sampling-topk", sampling_topk, "with --sampling: draw each token from the K likeliest; 0: from all")
      .at_least(0);
  options
      .add("sampling-topp", sampling_topp,
           "with --sampling: draw each token from the fewest that have this probability together")
      .above(0)
      .at_most(1);
  options.add("seed", seed, "seed of the draws").only("with --sampling", [this] { return sampling; });
}

void SearchOptions::check() const {
  check_values(*this);
  require(nbest <= beam, "expected --nbest from 1 to --beam {}, got {}", beam, nbest);
  require(beam % diverse_beam_groups == 0, "expected --diverse-beam-groups that divides --beam {}, got {}", beam,
          diverse_beam_groups);
  require(sampling || (sampling_topk == 0 && sampling_topp == 1),
          "--sampling-topk and --sampling-topp are for --sampling");
  require(!sampling || diverse_beam_groups == 1, "expected --sampling or --diverse-beam-groups, not both");
  require(sampling_topk == 0 || sampling_topp == 1, "expected --sampling-topk or --sampling-topp, not both");
}

int64_t SearchOptions::max_length(int64_t source_length) const {
  const double length = max_len_a * static_cast<double>(source_length) + static_cast<double>(max_len_b);
  return static_cast<int64_t>(std::min(length, static_cast<double>(max_target_positions - 1)));
}

}  // namespace rotor
