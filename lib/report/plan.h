// The plan of a comparison: every entry of --encodings with every seed is one run, under one configuration but for what
// the entry itself says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/compare_options.h"
#include "train/training_options.h"

namespace rotor {

/// One of the things that are compared: [ATTENTION+]ENCODING[:OPTION=VALUE…].
struct Entry {
  std::string label;                   ///< as it was written
  std::vector<std::string> arguments;  ///< for rotor-train: --position-encoding rope --rope-base 1000
};

/// A UsageError if the attention or the encoding is unknown, with the valid ones, or an option has no value.
Entry parse_entry(const std::string& label);

/// The entries of a list, none twice and `baseline` among them.
std::vector<Entry> parse_entries(const std::string& list, const std::string& baseline);

/// Refuses an option that the comparison decides itself: --seed, --save-dir …
void check_decided(const std::string& option, const std::string& where);

struct PlannedRun {
  std::string label;
  int64_t seed = 1;
  std::filesystem::path folder;
  TrainingOptions training;  ///< all of it, resolved; its checkpoints go to folder/checkpoints
};

/// What all runs of a comparison share.
class Plan {
 public:
  /// `common` is the training that the command line and --config describe, fitted to the corpus's vocabularies. A
  /// UsageError if the two cannot make a comparison.
  Plan(CompareOptions options, TrainingOptions common);

  /// One run. An Error if model and entry do not go together.
  PlannedRun run(const Entry& entry, int64_t seed) const;

  /// All that was asked for: first every entry with the first seed, then with the second …
  std::vector<PlannedRun> runs() const;

  const CompareOptions& options() const { return options_; }
  const TrainingOptions& common() const { return common_; }
  const std::vector<Entry>& entries() const { return entries_; }

  /// The folder of all runs.
  std::filesystem::path runs_folder() const { return std::filesystem::path(options_.output) / "runs"; }

 private:
  CompareOptions options_;
  TrainingOptions common_;
  std::vector<Entry> entries_;
  std::vector<int64_t> seeds_;
};

}  // namespace rotor
