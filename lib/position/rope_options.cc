#include "position/rope_options.h"

#include <algorithm>

#include "base/option_text.h"

namespace rotor {
namespace {

bool needs_length(const std::string& kind) {
  return kind == "dynamic-ntk" || kind == "yarn" || kind == "llama3" || kind == "longrope";
}

}  // namespace

std::vector<std::string> rope_scaling_names() {
  return {"none", "linear", "ntk", "dynamic-ntk", "yarn", "llama3", "longrope"};
}

void RopeScalingOptions::describe(Options& options) {
  options.add("rope-scaling", &kind, "how rope's frequencies are lowered for texts longer than those of the training",
              rope_scaling_names());
  describe_numbers(options);
}

void RopeScalingOptions::describe_override(Options& options) {
  std::vector<std::string> kinds = rope_scaling_names();
  kinds.insert(kinds.begin(), kAsInModel);
  options.add("rope-scaling", &kind,
              "how rope's frequencies are lowered for texts longer than those of the training; auto: as in the model",
              kinds);
  describe_numbers(options);
}

RopeScalingOptions RopeScalingOptions::as_in_model() {
  RopeScalingOptions options;
  options.kind = kAsInModel;
  return options;
}

std::optional<RopeScalingOptions> RopeScalingOptions::replacement() const {
  if (kind == kAsInModel) return std::nullopt;
  return *this;
}

void RopeScalingOptions::describe_numbers(Options& options) {
  const auto add = [&](const char* name, Options::Target target, const char* help,
                       const std::vector<std::string>& kinds) -> Option& {
    return options.add(name, target, help).only("with --rope-scaling " + join(kinds, " or "), [this, kinds] {
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    });
  };
  options.add("rope-scaling-factor", &factor, "number of times by which texts are longer")
      .at_least(1)
      .only("with --rope-scaling", [this] { return scales(); });
  options.add("rope-original-length", &original_length, "tokens of the longest text of the training")
      .at_least(0)
      .at_most(kMostPositions)
      .only("with --rope-scaling dynamic-ntk, yarn, llama3 or longrope", [this] { return needs_length(kind); });
  add("rope-beta-fast", &beta_fast, "turns in the original length from which a pair keeps its frequency", {"yarn"})
      .above(0);
  add("rope-beta-slow", &beta_slow, "turns in it up to which its frequency is divided by the factor", {"yarn"})
      .above(0);
  add("rope-attention-factor", &attention_factor, "what queries and keys are multiplied by; 0: the paper's",
      {"yarn", "longrope"})
      .at_least(0);
  add("rope-low-frequency-factor", &low_frequency_factor,
      "turns in the original length up to which a pair's frequency is divided by the factor", {"llama3"})
      .above(0);
  add("rope-high-frequency-factor", &high_frequency_factor, "turns in it from which a pair keeps its frequency",
      {"llama3"})
      .above(0);
  add("rope-short-factors", &short_factors, "what each pair's frequency is divided by, up to the original length",
      {"longrope"});
  add("rope-long-factors", &long_factors, "what it is divided by in longer texts", {"longrope"});
}

void RopeScalingOptions::check() const {
  if (!scales()) return;
  require(factor > 1,
          "--rope-scaling {} needs --rope-scaling-factor above 1, the number of times by which texts are longer, got "
          "{}",
          kind, factor);
  require(!needs_length(kind) || original_length >= 2,
          "--rope-scaling {} needs --rope-original-length, the tokens of the longest text of the training, got {}",
          kind, original_length);
  require(kind != "yarn" || beta_fast > beta_slow, "expected --rope-beta-fast above --rope-beta-slow {}, got {}",
          beta_slow, beta_fast);
  require(kind != "llama3" || high_frequency_factor > low_frequency_factor,
          "expected --rope-high-frequency-factor above --rope-low-frequency-factor {}, got {}", low_frequency_factor,
          high_frequency_factor);
}

}  // namespace rotor
