// Runs of a comparison: Rotor's own commands train, average and translate with each, in a folder of its own:
//   run.json           what the run is (run_record.h)
//   train.ini          the training's options
//   run.log            what the commands said
//   checkpoints/       of the training; removed at its end
//   train.jsonl        its reports
//   model.safetensors  the average of the training's newest checkpoints (train/newest_checkpoints.h)
//   <test>.out         its translations of each test set, <test>.json their speed
//   <test>.scores      the references' scores, where lengths are tested
//   result.json        what was measured; written last
//   timing/            of a trial, while it runs
// A run without result.json is unfinished: when it is started again, its training resumes from its last checkpoint.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "compare/plan.h"
#include "compare/run_result.h"
#include "compare/test_sets.h"

namespace rotor {

class Runner {
 public:
  /// `commands` is the folder of rotor-train, rotor-average and rotor-generate.
  Runner(const Plan& plan, std::filesystem::path commands, std::vector<TestSet> tests);

  /// Whether the run is finished. An Error names the difference if its folder holds a run of another configuration.
  bool finished(const PlannedRun& run) const;

  /// Makes a run. Returns the reason of a failure, or an empty text. Throws Interrupted after a signal.
  std::string execute(const PlannedRun& run) const;

  /// Measures the start of the run's training and one translation of the test set again, with the run's model; the run
  /// itself is not changed.
  RunResult trial(const PlannedRun& run) const;

  /// Finished runs in the folder that are not among `runs` but fit the plan.
  std::vector<PlannedRun> others(const std::vector<PlannedRun>& runs) const;

 private:
  void train(const PlannedRun& run) const;
  void average(const PlannedRun& run) const;
  void translate(const PlannedRun& run, const TestSet& test) const;
  void score_references(const PlannedRun& run, const TestSet& test) const;
  void generate(const PlannedRun& run, const TestSet& test, const std::string& extension,
                const std::vector<std::string>& more) const;
  RunResult measured(const PlannedRun& run) const;
  void call(const PlannedRun& run, const std::string& command, std::vector<std::string> arguments) const;
  bool tests_lengths() const { return plan_.options().extrapolate > 0; }

  const Plan& plan_;
  std::filesystem::path commands_;
  std::vector<TestSet> tests_;
  nlohmann::ordered_json inputs_;
};

/// The path of a file, or with .gz appended if only that exists.
std::filesystem::path plain_or_packed(const std::filesystem::path& path);

/// The last line of a text file that is not blank.
std::string last_line(const std::filesystem::path& path);

}  // namespace rotor
