#include "search/compute_options.h"

namespace rotor {

void ComputeOptions::describe(Options& options) {
  options.group("Position");
  scaling.describe_override(options);
  options.group("Speed and memory");
  options.add("vocab-limit", vocab_limit,
              "file with the only pieces that may be produced besides </s>, one on each line");
  options
      .add("quantize", quantize,
           "compute with weights of 8 bits, of 16 bits (bfloat16), or with floats; auto: as in the model file",
           {"auto", "none", "bf16", "int8"})
      .common();
  options.add("no-verify", no_verify,
              "read models without checking their checksums, which takes about 0.6 s for each GB");
  options.add("threads", threads, "total number of threads; 0: OMP_NUM_THREADS, else every core").at_least(0).common();
}

std::optional<WeightType> ComputeOptions::weights() const {
  if (quantize == "auto") return std::nullopt;
  return weight_type_named(quantize);
}

}  // namespace rotor
