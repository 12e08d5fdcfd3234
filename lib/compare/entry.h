// Entries of a comparison, as --encodings lists them: a position encoding, another attention, options of the training
// that are this entry's alone, and options that its tests alone have.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/training_options.h"

namespace rotor {

/// An entry of the comparison: [ATTENTION+]ENCODING[:OPTION=VALUE…].
struct Entry {
  std::string label;                   ///< label, as it was written
  std::vector<std::string> arguments;  ///< for rotor-train: --position-encoding rope --rope-base 1000
  /// For rotor-generate or rotor-evaluate: --rope-scaling yarn --rope-scaling-factor 4, of options
  /// test-rope-scaling=yarn and test-rope-scaling-factor=4.
  std::vector<std::string> test_arguments = {};
  std::string trained_as = {};  ///< the label without options of tests: entries that share it share trainings

  /// Gives a training the entry's options. What does not fit it is an Error or UsageError that names the entry.
  void apply(TrainingOptions& training) const;
};

/// An unknown attention or encoding is a UsageError that lists the valid ones; an option without a value is a
/// UsageError too.
Entry parse_entry(const std::string& label);

/// Reads the entries of a list, which must be distinct and include `baseline`, unless the folder `output` holds a
/// finished run of that, which a report has too. A number continues the entry before it, the last value of which is a
/// list: rope:adam-betas=0.9,0.98,sinusoidal has two entries.
std::vector<Entry> parse_entries(const std::string& list, const std::string& baseline,
                                 const std::filesystem::path& output);

/// The baseline of a list where none was given: `usual` if it is an entry or `output` holds a finished run of it, else
/// the first entry.
std::string default_baseline(const std::string& list, const std::string& usual, const std::filesystem::path& output);

/// The options of a training that the comparison sets itself: "seed", "save-dir" …
const std::vector<std::string>& decided_options();

/// Throws a UsageError for one of these.
void check_decided(const std::string& option, const std::string& where);

}  // namespace rotor
