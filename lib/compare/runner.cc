#include "compare/runner.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "compare/learning_rates.h"
#include "compare/run_record.h"
#include "page/statistics.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int64_t kTrialUpdates = 20, kTrialReports = 5;  // four reports, whose median passes over the first pages

void write_training_options(const PlannedRun& run) {
  TrainingOptions training = run.training;
  Options options;
  training.describe(options);
  write_atomically(run.folder / "train.ini", [&](std::ostream& out) { out << options.to_ini(); });
}

/// Whether a training with one of several rates is done: its reports are the last of its files.
bool trained_with_its_rate(const PlannedRun& training) {
  return fs::exists(training.folder / "train.jsonl") && fs::exists(training.folder / "model.safetensors");
}

}  // namespace

Runner::Runner(const Plan& plan, const ComparisonKind& kind, const fs::path& commands)
    : plan_(plan), kind_(kind), commands_(commands), inputs_(input_sums(plan.options(), kind)) {
  for (const std::string& command : {std::string("rotor-train"), std::string("rotor-average"), kind.command()}) {
    commands_.check(command);
  }
}

Json Runner::record(const PlannedRun& run) const {
  return run_record(run, kind_, inputs_);
}

void Runner::check_record(const PlannedRun& run, const fs::path& record) const {
  const std::string difference = first_difference(read_record(record), this->record(run), record.string());
  ROTOR_CHECK(difference.empty(), "{}: {}; choose another --output, or remove {} to have the run made again",
              record.string(), difference, record.parent_path().string());
}

bool Runner::finished(const PlannedRun& run) const {
  const fs::path record = run.folder / "run.json";
  if (!fs::exists(record)) return false;
  check_record(run, record);
  return fs::exists(run.folder / "result.json") && has_results(run.folder, kind_.results(run));
}

bool Runner::trained(const PlannedRun& run) const {
  return fs::exists(run.folder / "result.json") && fs::exists(run.folder / "model.safetensors");
}

std::string Runner::execute(const PlannedRun& run) const {
  try {
    if (trained(run)) {
      kind_.test(run, ComparisonKind::Tests::kMissing, commands_);
      return "";
    }
    std::error_code error;
    fs::create_directories(run.folder, error);
    ROTOR_CHECK(!error, "cannot create the folder {}: {}", run.folder.string(), error.message());
    write_json(run.folder / "run.json", record(run));
    Chosen chosen;
    if (!take_model(run, chosen)) run.rates.empty() ? make(run) : void(chosen = make_with_each_rate(run));
    kind_.test(run, ComparisonKind::Tests::kAll, commands_);
    RunResult result = measured(run);
    result.rates = chosen.rates;
    result.lr = chosen.lr;
    write_json(run.folder / "result.json", result.to_json());
    remove_checkpoints(run);
  } catch (const Error& error) {
    return error.what();
  } catch (const fs::filesystem_error& error) {
    return error.what();
  }
  return "";
}

bool Runner::take_model(const PlannedRun& run, Chosen& chosen) const {
  for (const fs::path& record : run_records(plan_.runs_folder())) {
    const fs::path from = record.parent_path();
    const auto is_there = [&](const char* file) { return fs::exists(from / file); };
    if (!is_there("result.json") || !is_there("model.safetensors") || !is_there("train.jsonl")) continue;
    const Json other = read_record(record);
    if (parse_entry(other["label"]).trained_as != run.trained_as || other["seed"] != run.seed) continue;
    for (const char* file : {"model.safetensors", "train.jsonl"}) {
      fs::copy_file(from / file, run.folder / file, fs::copy_options::overwrite_existing);
    }
    const RunResult result = RunResult::from_json(read_json(from / "result.json"), from / "result.json");
    chosen = {result.rates, result.lr};
    return true;
  }
  return false;
}

void Runner::make(const PlannedRun& run) const {
  fs::create_directories(run.folder);
  train(run);
  average(run);
  const fs::path part = run.folder / "train.jsonl.part";
  fs::copy_file(run.folder / "checkpoints" / "train.jsonl", part, fs::copy_options::overwrite_existing);
  fs::rename(part, run.folder / "train.jsonl");
}

double Runner::try_rate(const PlannedRun& training, std::string& reason) const {
  try {
    if (!trained_with_its_rate(training)) make(training);
    return best_of(read_training_log(training.folder / "train.jsonl"),
                   training.training.trainer.checkpoints.best_checkpoint_metric);
  } catch (const Error& error) {
    reason = fmt::format("{}, seed {}: {}", training.label, training.seed, error.what());
    log::warn("{}; the other learning rates go on", reason);
    return kUnknown;
  }
}

Runner::Chosen Runner::make_with_each_rate(const PlannedRun& run) const {
  const std::vector<PlannedRun> trainings = with_each_rate(run);
  Chosen chosen;
  std::string reason;
  for (const PlannedRun& training : trainings) {
    const double best = try_rate(training, reason);
    chosen.rates.push_back({training.training.trainer.optimization.schedule.lr, best});
    if (std::isfinite(best)) remove_checkpoints(training);
  }
  const bool any = std::any_of(chosen.rates.begin(), chosen.rates.end(),
                               [](const TriedRate& rate) { return std::isfinite(rate.best); });
  ROTOR_CHECK(any || reason.empty(), "expected a learning rate with which the training succeeds, found none; {}",
              reason);
  const size_t best = best_rate(chosen.rates, run.training.trainer.checkpoints.best_checkpoint_metric);
  chosen.lr = chosen.rates[best].lr;
  for (const char* file : {"model.safetensors", "train.jsonl"}) {
    fs::copy_file(trainings[best].folder / file, run.folder / file, fs::copy_options::overwrite_existing);
  }
  return chosen;
}

void Runner::remove_checkpoints(const PlannedRun& run) const {
  if (plan_.options().keep_checkpoints) return;
  fs::remove_all(run.folder / "checkpoints");
  for (const PlannedRun& training : with_each_rate(run)) {
    fs::remove_all(training.folder / "checkpoints");  // of one that failed
    fs::remove(training.folder / "model.safetensors");
  }
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
  fs::copy_file(trial.folder / "checkpoints" / "train.jsonl", trial.folder / "train.jsonl");
  kind_.time(trial, commands_);
  RunResult result = measured(trial);
  fs::remove_all(trial.folder);
  return result;
}

void Runner::train(const PlannedRun& run) const {
  write_training_options(run);
  commands_.call(run, "rotor-train", {plan_.options().corpus, "--config", run.folder / "train.ini"});
}

void Runner::average(const PlannedRun& run) const {
  const std::vector<fs::path> files = kind_.checkpoints(run.folder / "checkpoints", plan_.options());
  ROTOR_CHECK(!files.empty(), "the training left no checkpoint in {}", (run.folder / "checkpoints").string());
  std::vector<std::string> arguments(files.begin(), files.end());
  arguments.insert(arguments.end(), {"--output", run.folder / "model.safetensors"});
  commands_.call(run, "rotor-average", std::move(arguments));
}

RunResult Runner::measured(const PlannedRun& run) const {
  RunResult result;
  result.training = read_training_log(run.folder / "train.jsonl");
  result.parameters = count_parameters(run.folder / "model.safetensors");
  result.averaged = count_averaged(run.folder / "model.safetensors");
  result.machine = machine_name(run.training.threads);
  const fs::path file = run.folder / kSpeedFile;
  const Json statistics = read_json(file);
  ROTOR_CHECK(statistics.contains("tokens_per_second") && statistics.contains("memory_mb"),
              "{}: expected the statistics of {}", file.string(), kind_.command());
  statistics["tokens_per_second"].get_to(result.test_tokens_per_second);
  statistics["memory_mb"].get_to(result.test_memory_mb);
  return result;
}

std::vector<PlannedRun> Runner::others(const std::vector<PlannedRun>& runs) const {
  std::vector<PlannedRun> found;
  for (const fs::path& path : run_records(plan_.runs_folder())) {
    const PlannedRun run = recorded_run(plan_, path);
    const bool known = std::any_of(runs.begin(), runs.end(), [&](const auto& r) { return r.folder == run.folder; });
    if (known || !fs::exists(path.parent_path() / "result.json")) continue;
    if (finished(run)) {
      found.push_back(run);
    } else {
      log::warn(
          "{}, seed {}, is left out: it lacks tests that are asked for now; name it in --encodings and --seeds to "
          "have them made",
          run.label, run.seed);
    }
  }
  return found;
}

std::vector<fs::path> run_records(const fs::path& folder) {
  std::vector<fs::path> records;
  if (!fs::exists(folder)) return records;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "run.json") records.push_back(entry.path());
  }
  std::sort(records.begin(), records.end());
  return records;
}

PlannedRun recorded_run(const Plan& plan, const fs::path& record) {
  const Json json = read_record(record);
  return plan.run(parse_entry(json["label"]), json["seed"]);
}

bool has_results(const fs::path& folder, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return fs::exists(plain_or_packed(folder / name)); });
}

fs::path plain_or_packed(const fs::path& path) {
  return fs::exists(path) || !fs::exists(path.string() + ".gz") ? path : fs::path(path.string() + ".gz");
}

}  // namespace rotor
