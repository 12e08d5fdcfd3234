#include "search/compute_options.h"

#include "search/shortlist.h"

namespace rotor {

void ComputeOptions::describe(Options& options) {
  options.group("Position");
  scaling.describe_override(options);
  options.group("Speed and memory");
  const auto of_text = [this] { return !shortlist.empty() && !Shortlist::is_binary(shortlist); };
  options
      .add("shortlist", shortlist,
           "file of the likely translations of each source piece, which alone are scored: Marian's lex.s2t, as text or "
           "binary")
      .common();
  options
      .add("shortlist-first", shortlist_first,
           "number of pieces at the beginning of the vocabulary that are always scored; a binary shortlist has its own")
      .at_least(0)
      .only("with a --shortlist of text", of_text);
  options
      .add("shortlist-best", shortlist_best,
           "number of likeliest translations of each source piece that are scored; a binary shortlist has its own")
      .at_least(0)
      .only("with a --shortlist of text", of_text);
  options.add("vocab-limit", vocab_limit,
              "file with the only pieces that may be produced besides </s>, one on each line");
  options
      .add("quantize", quantize,
           "compute with weights of 8 bits, of 16 bits (bfloat16), or with floats; auto: as in the model file",
           {"auto", "none", "bf16", "int8"})
      .common();
  options.add("no-verify", no_verify,
              "read files without checking their checksums, which takes about 0.6 s for each GB");
  options.add("threads", threads, "total number of threads; 0: OMP_NUM_THREADS, else every core").at_least(0).common();
}

std::optional<WeightType> ComputeOptions::weights() const {
  if (quantize == "auto") return std::nullopt;
  return weight_type_named(quantize);
}

}  // namespace rotor
