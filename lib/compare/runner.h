// Runs of a comparison: Rotor's own commands train, average and test each, in a folder of its own:
//   run.json           what the run is (run_record.h)
//   train.ini          the training's options
//   run.log            what the commands said
//   checkpoints/       of the training; removed at its end
//   train.jsonl        its reports
//   lr-<rate>/         the same, down to its model, of the training with one of several learning rates; the models of
//                      all are kept until one is chosen; a training that fails leaves none
//   model.safetensors  the average of the training's newest checkpoints (train/newest_checkpoints.h); a run that
//                      differs from a finished one in its tests alone takes that one's, with its train.jsonl
//   test.json …        what the tests of the comparison's kind leave (translation_comparison.h, …)
//   result.json        what was measured; written last
//   timing/            of a trial, while it runs
// A run without result.json is unfinished: when it is started again, its training resumes from its last checkpoint. A
// run with it that lacks results of tests, because more are asked for now, is only tested.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compare/comparison_kind.h"

namespace rotor {

class Runner {
 public:
  /// `commands` is the folder of rotor-train, rotor-average and the command of the kind. Plan and kind outlive the
  /// runner.
  Runner(const Plan& plan, const ComparisonKind& kind, const std::filesystem::path& commands);

  /// Refuses, as an Error that names the difference, a record of a run of another configuration.
  void check_record(const PlannedRun& run, const std::filesystem::path& record) const;

  /// Whether the run is finished. An Error names the difference if its folder holds a run of another configuration.
  bool finished(const PlannedRun& run) const;

  /// Whether a run that is not finished lacks tests alone.
  bool trained(const PlannedRun& run) const;

  /// Makes a run, or the tests that it lacks. Returns the reason of a failure, or an empty text. Throws Interrupted
  /// after a signal.
  std::string execute(const PlannedRun& run) const;

  /// Measures the start of the run's training and its first test again, with the run's model; the run itself is not
  /// changed.
  RunResult trial(const PlannedRun& run) const;

  /// Finished runs in the folder that are not among `runs` but fit the plan.
  std::vector<PlannedRun> others(const std::vector<PlannedRun>& runs) const;

 private:
  /// Trains a run with each of its learning rates and takes over the model of the best.
  struct Chosen {
    std::vector<TriedRate> rates;
    double lr = 0;
  };
  Chosen make_with_each_rate(const PlannedRun& run) const;
  /// Trains with one of several rates. Returns its best validation; NaN, with a warning, if the training fails, as one
  /// that diverges does.
  double try_rate(const PlannedRun& training, std::string& reason) const;
  /// Takes over the model of a finished run that has the same training. False if there is none.
  bool take_model(const PlannedRun& run, Chosen& chosen) const;
  /// Trains a run, and leaves its model and its reports.
  void make(const PlannedRun& run) const;
  void remove_checkpoints(const PlannedRun& run) const;

  void train(const PlannedRun& run) const;
  void average(const PlannedRun& run) const;
  RunResult measured(const PlannedRun& run) const;
  nlohmann::ordered_json record(const PlannedRun& run) const;

  const Plan& plan_;
  const ComparisonKind& kind_;
  RunCommands commands_;
  nlohmann::ordered_json inputs_;
};

/// The files run.json below a folder, in order; none if there is no such folder.
std::vector<std::filesystem::path> run_records(const std::filesystem::path& folder);

/// The run of a plan that such a file names.
PlannedRun recorded_run(const Plan& plan, const std::filesystem::path& record);

/// Whether a run's folder has all files of these names, each plain or with .gz.
bool has_results(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// The path of a file, or with .gz appended if only that exists.
std::filesystem::path plain_or_packed(const std::filesystem::path& path);

}  // namespace rotor
