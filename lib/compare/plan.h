// The plan of a comparison: every entry of --encodings with every seed is one run, under one configuration except for
// the options of the entry itself.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "compare/compare_options.h"
#include "compare/entry.h"
#include "train/training_options.h"

namespace rotor {

/// A run of the comparison.
struct PlannedRun {
  std::string label;
  int64_t seed = 1;
  std::filesystem::path folder;
  TrainingOptions training;        ///< all its options, resolved; checkpoints go to folder/checkpoints
  std::vector<double> rates = {};  ///< the learning rates to try (learning_rates.h); empty: the training's own
  std::vector<std::string> test_arguments = {};  ///< what the tests are asked for besides
  std::string trained_as = {};  ///< the label without these: runs of a seed that share it share a training
};

/// The training that the command line and --config describe where it starts from a model: the model's sizes are its
/// defaults.
using TrainingFrom = std::function<TrainingOptions(const std::filesystem::path& model)>;

/// The inputs and options that all runs of a comparison share.
class Plan {
 public:
  /// `common` is the training that the command line and --config describe, fitted to the corpus's vocabularies. Options
  /// that cannot make a comparison are a UsageError. If it names models to start from (start_models.h), `from` gives a
  /// run's training in its place.
  Plan(CompareOptions options, TrainingOptions common, TrainingFrom from = {});

  /// Makes one run. A model and an entry that do not fit are an Error, as is a model to start from that is not there.
  PlannedRun run(const Entry& entry, int64_t seed) const;

  /// All requested runs: first every entry with the first seed, then with the second …
  std::vector<PlannedRun> runs() const;

  const CompareOptions& options() const { return options_; }
  const TrainingOptions& common() const { return common_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<int64_t>& seeds() const { return seeds_; }

  /// The folder of all runs.
  std::filesystem::path runs_folder() const { return std::filesystem::path(options_.output) / "runs"; }

 private:
  /// The value of --finetune-from-model for an entry, which may have its own.
  std::string start_of(const Entry& entry) const;
  std::filesystem::path folder_of(const std::string& label, int64_t seed) const;

  CompareOptions options_;
  TrainingOptions common_;
  std::vector<Entry> entries_;
  std::vector<int64_t> seeds_;
  std::vector<double> rates_;
  TrainingFrom from_;
};

}  // namespace rotor
