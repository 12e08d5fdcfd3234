#include "attention/options.h"

#include "attention/kernel.h"

namespace rotor {

void AttentionOptions::describe(Options& options) {
  options.add("attention", &kernel, "kind of self-attention", attention_names());
  options
      .add("attention-window", &window,
           "a token attends to itself and to fewer than this many tokens on a side; 0: to all")
      .at_least(0);
  options.add("attention-bias", &bias, "biases of the projections to queries, keys, values and output");
  options
      .add("linear-rotary", &linear_rotary,
           "rotate the features, in the numerator alone, or the queries and keys before them", {"after", "before"})
      .only("with --attention linear", [this] { return attention_kernel(kernel).rotates_features; });
}

}  // namespace rotor
