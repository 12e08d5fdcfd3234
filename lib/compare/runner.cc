#include "compare/runner.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/check.h"
#include "base/files.h"
#include "base/logged_process.h"
#include "base/progress.h"
#include "compare/run_record.h"
#include "compare/run_result.h"
#include "train/newest_checkpoints.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// Shows how far a training is, from its reports.
class TrainingProgress {
 public:
  explicit TrainingProgress(const PlannedRun& run)
      : progress_(run.training.trainer.optimization.max_update),
        reports_(run.folder / "checkpoints" / "train.jsonl"),
        name_(fmt::format("{}, seed {}", run.label, run.seed)) {}

  void operator()() {
    if (seconds_now() < next_) return;
    next_ = seconds_now() + 2;
    const Json report = Json::parse(last_line(reports_), nullptr, false);
    if (!report.is_object() || !report.contains("update")) return;
    const auto update = report["update"].get<int64_t>();
    progress_.update(update, fmt::format("{}: update {}", name_, update));
  }

 private:
  Progress progress_;
  fs::path reports_;
  std::string name_;
  double next_ = 0;
};

constexpr int64_t kTrialUpdates = 20, kTrialReports = 5;  // four reports, whose median passes over the first pages

void write_training_options(const PlannedRun& run) {
  TrainingOptions training = run.training;
  Options options;
  training.describe(options);
  write_atomically(run.folder / "train.ini", [&](std::ostream& out) { out << options.to_ini(); });
}

}  // namespace

Runner::Runner(const Plan& plan, fs::path commands, std::vector<TestSet> tests)
    : plan_(plan), commands_(std::move(commands)), tests_(std::move(tests)), inputs_(input_sums(plan.options())) {}

bool Runner::finished(const PlannedRun& run) const {
  const fs::path record = run.folder / "run.json";
  if (!fs::exists(record)) return false;
  const std::string difference =
      first_difference(read_json(record), run_record(run, plan_.options(), inputs_), record.string());
  ROTOR_CHECK(difference.empty(), "{}: {}; choose another --output, or remove {} to have the run made again",
              record.string(), difference, run.folder.string());
  const auto has = [&](const std::string& name) { return fs::exists(plain_or_packed(run.folder / name)); };
  return has("result.json") && std::all_of(tests_.begin(), tests_.end(), [&](const TestSet& test) {
           return has(test.name + ".out") && (!tests_lengths() || has(test.name + ".scores"));
         });
}

std::string Runner::execute(const PlannedRun& run) const {
  try {
    std::error_code error;
    fs::create_directories(run.folder, error);
    ROTOR_CHECK(!error, "cannot create the folder {}: {}", run.folder.string(), error.message());
    write_json(run.folder / "run.json", run_record(run, plan_.options(), inputs_));
    train(run);
    average(run);
    for (const TestSet& test : tests_) {
      translate(run, test);
      if (tests_lengths()) score_references(run, test);
    }
    fs::copy_file(run.folder / "checkpoints" / "train.jsonl", run.folder / "train.jsonl",
                  fs::copy_options::overwrite_existing);
    write_json(run.folder / "result.json", measured(run).to_json());
    if (!plan_.options().keep_checkpoints) fs::remove_all(run.folder / "checkpoints", error);
  } catch (const Error& error) {
    return error.what();
  } catch (const fs::filesystem_error& error) {
    return error.what();
  }
  return "";
}

RunResult Runner::trial(const PlannedRun& run) const {
  PlannedRun trial = run;
  trial.folder = run.folder / "timing";
  TrainerOptions& trainer = trial.training.trainer;
  trainer.optimization.max_update = kTrialUpdates;
  trainer.optimization.max_epoch = 0;
  trainer.checkpoints.save_dir = trial.folder / "checkpoints";
  trainer.checkpoints.log_interval = kTrialReports;
  trainer.checkpoints.no_save = true;
  fs::remove_all(trial.folder);
  fs::create_directories(trial.folder);
  fs::create_symlink(fs::absolute(run.folder / "model.safetensors"), trial.folder / "model.safetensors");
  train(trial);
  translate(trial, tests_.front());
  RunResult result = measured(trial);
  fs::remove_all(trial.folder);
  return result;
}

void Runner::train(const PlannedRun& run) const {
  write_training_options(run);
  call(run, "rotor-train", {plan_.options().corpus, "--config", run.folder / "train.ini"});
}

void Runner::average(const PlannedRun& run) const {
  const std::vector<fs::path> files = newest_checkpoints(run.folder / "checkpoints", plan_.options().average);
  ROTOR_CHECK(!files.empty(), "the training left no checkpoint in {}", (run.folder / "checkpoints").string());
  std::vector<std::string> arguments(files.begin(), files.end());
  arguments.insert(arguments.end(), {"--output", run.folder / "model.safetensors"});
  call(run, "rotor-average", std::move(arguments));
}

void Runner::translate(const PlannedRun& run, const TestSet& test) const {
  std::vector<std::string> arguments = plan_.options().search_arguments();
  arguments.insert(arguments.end(), {"--stats", run.folder / (test.name + ".json")});
  generate(run, test, ".out", arguments);
}

void Runner::score_references(const PlannedRun& run, const TestSet& test) const {
  generate(run, test, ".scores", {"--score-reference", test.reference});
}

void Runner::generate(const PlannedRun& run, const TestSet& test, const std::string& extension,
                      const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {run.folder / "model.safetensors",     "--input", test.source, "--threads",
                                        std::to_string(run.training.threads), "--output"};
  arguments.push_back(run.folder / (test.name + extension));
  arguments.insert(arguments.end(), more.begin(), more.end());
  call(run, "rotor-generate", arguments);
}

RunResult Runner::measured(const PlannedRun& run) const {
  RunResult result;
  result.training = read_training_log(run.folder / "checkpoints" / "train.jsonl");
  result.parameters = count_parameters(run.folder / "model.safetensors");
  result.averaged = count_averaged(run.folder / "model.safetensors");
  result.machine = machine_name(run.training.threads);
  const fs::path file = run.folder / (tests_.front().name + ".json");
  const Json statistics = read_json(file);
  ROTOR_CHECK(statistics.contains("tokens_per_second") && statistics.contains("memory_mb"),
              "{}: expected the statistics of rotor-generate", file.string());
  statistics["tokens_per_second"].get_to(result.decoding_tokens_per_second);
  statistics["memory_mb"].get_to(result.decoding_memory_mb);
  return result;
}

void Runner::call(const PlannedRun& run, const std::string& command, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), commands_ / command);
  const fs::path log_file = run.folder / "run.log";
  TrainingProgress progress(run);
  const int code = run_logged(arguments, log_file, [&] {
    if (command == "rotor-train") progress();
  });
  if (code == 0) return;
  const std::string end =
      code > 128 ? fmt::format("signal {} ({})", code - 128, strsignal(code - 128)) : fmt::format("exit code {}", code);
  fail("{} ended with {}: {}", command, end, last_line(log_file));
}

std::vector<PlannedRun> Runner::others(const std::vector<PlannedRun>& runs) const {
  std::vector<fs::path> records;
  const fs::path folder = plan_.runs_folder();
  if (!fs::exists(folder)) return {};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "run.json") records.push_back(entry.path());
  }
  std::sort(records.begin(), records.end());
  std::vector<PlannedRun> found;
  for (const fs::path& path : records) {
    const Json record = read_json(path);
    const PlannedRun run = plan_.run(parse_entry(record.value("label", "")), record.value("seed", int64_t{-1}));
    const bool known = std::any_of(runs.begin(), runs.end(), [&](const auto& r) { return r.folder == run.folder; });
    if (!known && fs::exists(path.parent_path() / "result.json") && finished(run)) found.push_back(run);
  }
  return found;
}

fs::path plain_or_packed(const fs::path& path) {
  return fs::exists(path) || !fs::exists(path.string() + ".gz") ? path : fs::path(path.string() + ".gz");
}

std::string last_line(const fs::path& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

}  // namespace rotor
