// Described: a struct with an option of each kind.
#pragma once

#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

struct Described {
  bool joined = false, bias = true, whole_words = false;
  int64_t beam = 5;
  double dropout = 0.1, penalty = 0;
  std::string activation = "relu", betas = "0.9,0.98", output;
  std::vector<std::string> reference, model;

  void describe(Options& options) {
    options.positional("model", model, "the models", false);
    options.group("Model");
    options.add("activation-fn", activation, "between the layers", {"relu", "gelu"});
    options.add("dropout", dropout, "share of values dropped");
    options.add("bias", bias, "add a bias");
    options.only(
        "without --bias", [this] { return !bias; },
        [&] {
          options.add("penalty", penalty, "taken off").may_be_infinite();
          options.add("whole-words", whole_words, "take words");
        });
    options.group("Search");
    options.add("beam", beam, "hypotheses kept a sentence").at_least(1).common();
    options.add("joined-dictionary", &joined, "one vocabulary for both languages");
    options.add("adam-betas", &betas, "decay of both moments");
    options.add("output", output, "where to write").only("with --joined-dictionary", [this] { return joined; });
    options.add("reference", reference, "files of references");
  }
};

}  // namespace rotor
