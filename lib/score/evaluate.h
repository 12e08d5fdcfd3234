// From files to a reported score: what rotor-score does between its options and its output.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

struct ScoreOptions {
  std::vector<std::string> reference;
  std::string hypothesis = "-";
  std::string format = "text";
  int64_t width = 2;
  bool score_only = false;

  void describe(Options& options);
};

/// All lines of a UTF-8 text file (.gz too; "-" for standard input), blank ones included. CR LF is read as LF with one
/// warning. A file without a line is an Error.
std::vector<std::string> read_segments(const std::filesystem::path& path);

/// The score of the hypothesis against the references in the format asked for, without a newline at the end. Unequal
/// numbers of lines are an Error naming both, no reference or an impossible width a UsageError.
std::string evaluate(const ScoreOptions& options);

}  // namespace rotor
