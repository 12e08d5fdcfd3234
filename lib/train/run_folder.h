// The --save-dir of a run and all files written there: checkpoint_last, from which the run resumes, checkpoint_best and
// the checkpoints of the best validations, the newest checkpoints of epochs and of updates, the reports (train.jsonl),
// and the samples of bad updates. One process at a time may use the folder. A file that cannot be written is an Error,
// or with --on-save-failure continue a warning; in both cases the existing files stay.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "data/training_data.h"
#include "train/checkpoint.h"
#include "train/reports.h"

namespace rotor {

class RunFolder {
 public:
  /// Locks the folder, which is an Error if another process has it, and removes unfinished files of a killed run. With
  /// --no-save a folder that has a checkpoint_last is an Error.
  explicit RunFolder(const CheckpointOptions& options);

  /// The path of checkpoint_<name>.safetensors.
  std::filesystem::path checkpoint(const std::string& name) const;

  /// Saves a checkpoint under each of these names and as checkpoint_last: one file, on disk when this returns true.
  /// checkpoint_last comes last, so that a run killed in between resumes from the earlier one and writes the others
  /// again. A checkpoint that is `needed`, because training ends with it, must not fail. With --no-save nothing is
  /// written.
  bool save(const Training& training, std::vector<std::string> names, bool needed);

  /// Saves checkpoint_best alone; a failure is an Error. Does nothing with --no-save.
  void save_best(const Training& training);

  /// Removes checkpoints beyond those that the options keep. Each save does, too.
  void remove_old() const;

  /// The state that checkpoint_best holds, if there is one that can be read.
  std::optional<TrainerState> state_of_best() const;

  /// The name for a checkpoint of a validation with this score at this update, if it is among the
  /// --keep-best-checkpoints best in the folder; else empty.
  std::vector<std::string> names_among_best(double score, int64_t update) const;

  /// Continues the reports after the given number of updates, and returns the update of the last validation among them,
  /// or -1.
  int64_t resume_reports(int64_t updates);
  void report(const nlohmann::ordered_json& line);

  /// Saves the samples of batches as text in <name>.tsv, and returns a text that says where they are, or why they could
  /// not be saved.
  std::string save_samples(const std::string& name, const Objective& objective, const TrainingData& data,
                           std::span<const int32_t> batches) const;

 private:
  bool attempt(const std::function<void()>& write) const;

  CheckpointOptions options_;
  std::filesystem::path path_;
  FolderLock lock_;
  std::optional<Reports> reports_;
};

/// The checkpoint files of a folder, oldest first: checkpoint_<epoch>.safetensors, or with `by_update`
/// checkpoint_<epoch>_<update>.safetensors.
std::vector<std::filesystem::path> checkpoint_files(const std::filesystem::path& folder, bool by_update);

}  // namespace rotor
