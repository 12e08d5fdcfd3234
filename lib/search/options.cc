#include "search/options.h"

#include "base/option_text.h"

namespace rotor {

void SearchOptions::describe_ranking(Options& options) {
  options.add("beam", beam, "number of hypotheses kept for each sentence").at_least(1).at_most(10000).common();
  options
      .add("lenpen", lenpen,
           "exponent of the length penalty: values below 1 favour shorter sentences, above 1 longer ones")
      .only("without --unnormalized", [this] { return !unnormalized; })
      .common();
  options.add("lenpen-kind", lenpen_kind, "length^lenpen, or ((5 + length) / 6)^lenpen", length_penalty_kinds())
      .only("without --unnormalized", [this] { return !unnormalized; });
  options
      .add("max-len-a", max_len_a,
           "a in the greatest number of tokens before </s>: a * source length with </s> + b; after a prompt, a * its "
           "length + b")
      .at_least(0);
  options.add("max-len-b", max_len_b, "see --max-len-a").at_least(0);
}

void SearchOptions::describe(Options& options) {
  options.group("Search");
  describe_decoding(options);
  describe_positions(options);
}

void SearchOptions::describe_positions(Options& options) {
  options.add("max-target-positions", max_target_positions, "greatest number of tokens of a target, </s> counted")
      .at_least(1);
}

void SearchOptions::describe_decoding(Options& options) {
  describe_ranking(options);
  options.add("nbest", nbest, "number of hypotheses printed for each sentence, best first; at most --beam")
      .at_least(1)
      .common();
  options.add("unnormalized", unnormalized, "rank by log-probability without a length penalty");
  options.add("min-len", min_len, "smallest number of tokens before </s>, if the greatest number allows it")
      .at_least(0);
  options
      .add("coverage-penalty", coverage_penalty,
           "B times the sum of log min(attention received, 1) over the source tokens but </s> is added to the score of "
           "a finished hypothesis (Wu et al. 2016): above 0 it ranks down what leaves words out")
      .at_least(0);
  options.add("temperature", temperature, "number that divides the model's scores: above 1 the distribution is flatter")
      .above(0);
  options
      .add("unkpen", unkpen,
           "number subtracted from the log-probability of <unk>: values below 0 favour it, inf forbids it, -inf allows "
           "nothing else")
      .may_be_infinite();
  options
      .add("no-repeat-ngram-size", no_repeat_ngram_size,
           "forbid that N adjacent tokens occur twice in a hypothesis; 0: allow it")
      .at_least(0);
  options
      .add("diverse-beam-groups", diverse_beam_groups,
           "number of groups of hypotheses that avoid each other's tokens (Vijayakumar et al. 2016); it must divide "
           "--beam")
      .at_least(1);
  options
      .add(
          "diverse-beam-strength", diverse_beam_strength,
          "number subtracted from a token's log-probability for each hypothesis of earlier groups that took it at this "
          "step")
      .at_least(0)
      .only("with --diverse-beam-groups above 1", [this] { return diverse_beam_groups > 1; });
  describe_sampling(options);
}

void SearchOptions::describe_sampling(Options& options) {
  options.add("sampling", sampling,
              "draw --beam hypotheses at random instead of searching; a seed always gives the same ones");
  options.add("sampling-topk", sampling_topk, "draw each token from the K likeliest tokens; 0: from all").at_least(0);
  options
      .add("sampling-topp", sampling_topp, "draw each token from the fewest tokens whose probabilities add up to this")
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

}  // namespace rotor
