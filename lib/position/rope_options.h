// Options of the frequencies of rope: how they are scaled for texts longer than those of the training. A stored model
// holds them, and the commands that only read a model may replace them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

/// Beyond so many positions nothing could be trained.
inline constexpr int64_t kMostPositions = 1 << 24;

/// The names of the ways to scale: "none", "linear", "ntk", "dynamic-ntk", "yarn", "llama3" and "longrope".
std::vector<std::string> rope_scaling_names();

struct RopeScalingOptions {
  static constexpr const char* kAsInModel = "auto";

  std::string kind = "none";
  double factor = 1;
  int64_t original_length = 0;  ///< tokens of the longest text of the training; 0: not stated
  double beta_fast = 32, beta_slow = 1;
  double attention_factor = 0;  ///< 0: the method's own
  double low_frequency_factor = 1, high_frequency_factor = 4;
  std::vector<std::string> short_factors, long_factors;

  /// Adds the options of training.
  void describe(Options& options);
  /// Adds them to a command that reads models, for which the kind "auto" leaves a model's own as they are.
  void describe_override(Options& options);
  static RopeScalingOptions as_in_model();

  bool scales() const { return kind != "none" && kind != kAsInModel; }
  /// Whether the frequencies of a text depend on its length.
  bool follows_length() const { return kind == "dynamic-ntk" || kind == "longrope"; }

  /// What takes the place of a model's own; nothing for "auto".
  std::optional<RopeScalingOptions> replacement() const;

  /// A UsageError if something that this way to scale needs is missing, or numbers contradict each other.
  void check() const;

 private:
  void describe_numbers(Options& options);
};

}  // namespace rotor
