#include "attention/options.h"

#include "attention/kernel.h"
#include "position/rope_options.h"

namespace rotor {

void AttentionOptions::describe(Options& options) {
  options.add("attention", &kernel, "kind of self-attention", attention_names());
  options
      .add("attention-window", &window,
           "a token attends to itself and to fewer than this many tokens on a side; 0: to all")
      .at_least(0)
      .at_most(kMostPositions);
  options.add("attention-bias", &bias, "biases of the projections to queries, keys, values and output");
  options
      .add("linear-rotary", &linear_rotary,
           "rotate the features, in the numerator alone, or the queries and keys before them", {"after", "before"})
      .only("with --attention linear or performer", [this] { return attention_kernel(kernel).rotates_features; });
  options.only(
      "with --attention performer", [this] { return kernel == "performer"; },
      [&] {
        options.add("performer-features", &performer_features, "random features of a head of width d; 0: d ln d")
            .at_least(0)
            .at_most(65536);
        options
            .add("performer-redraw-updates", &performer_redraw_updates,
                 "updates of training between two draws of the random vectors; 0: draw once")
            .at_least(0)
            .at_most(1 << 28);  // more updates than a training has
      });
}

}  // namespace rotor
