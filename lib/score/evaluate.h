// The work of rotor-score between its options and its output: from files to a report of scores.
#pragma once

#include <filesystem>

#include "score/options.h"

namespace rotor {

/// All lines of a UTF-8 text file (.gz too; "-" for standard input), blank ones included, without white space at their
/// ends. CR LF is read as LF with one warning. A file without a line is an Error.
Segments read_segments(const std::filesystem::path& path);

/// The texts that the options name: one set of segments for each reference and each system.
struct Texts {
  std::vector<Segments> references, systems;
};

/// Reads the texts and warns of likely mistakes. Unequal numbers of lines are an Error that names both; impossible
/// options are a UsageError.
Texts read_texts(const ScoreOptions& options);

/// The report in the format asked for, without a newline at the end.
std::string evaluate(const ScoreOptions& options, const Texts& texts);

/// Reads the texts and returns the report.
std::string evaluate(const ScoreOptions& options);

}  // namespace rotor
