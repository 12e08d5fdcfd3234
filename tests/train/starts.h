// Runs that start from others, or with parts of the model frozen.
#pragma once

#include <map>
#include <set>
#include <string>

#include "train/training.h"

namespace rotor {

class StartTest : public TrainerTest {
 protected:
  std::string last(const std::string& run) const { return folder_ / run / "checkpoint_last.safetensors"; }

  std::map<std::string, Tensor> parameters(const std::string& run) const {
    const SafeTensors file(last(run));
    std::map<std::string, Tensor> all;
    for (const auto& parameter : EncoderDecoder(model_options_).parameters()) {
      all[parameter.name] = file.tensor(parameter.name);
    }
    return all;
  }

  /// The names of the parameters that have the same bits in both runs.
  std::set<std::string> same_in(const std::string& run, const std::string& other) const {
    const auto a = parameters(run), b = parameters(other);
    std::set<std::string> names;
    for (const auto& [name, tensor] : a) {
      if (std::equal(tensor.span().begin(), tensor.span().end(), b.at(name).span().begin())) names.insert(name);
    }
    return names;
  }

  CheckpointOptions& checkpoints() { return options_.checkpoints; }
};

}  // namespace rotor
