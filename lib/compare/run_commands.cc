#include "compare/run_commands.h"

#include <unistd.h>

#include <cstring>
#include <fstream>

#include "base/check.h"
#include "base/json.h"
#include "base/logged_process.h"
#include "base/progress.h"

namespace rotor {

namespace fs = std::filesystem;

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
    const auto report = parse_json(last_line(reports_));
    if (!report.is_object() || !report.contains("update") || !report["update"].is_number_integer()) return;
    const auto update = report["update"].get<int64_t>();
    progress_.update(update, fmt::format("{}: update {}", name_, update));
  }

 private:
  Progress progress_;
  fs::path reports_;
  std::string name_;
  double next_ = 0;
};

}  // namespace

void RunCommands::check(const std::string& command) const {
  ROTOR_CHECK(access((folder_ / command).c_str(), X_OK) == 0,
              "expected the command {}, found none that can be run; install all of Rotor's commands in one folder",
              (folder_ / command).string());
}

void RunCommands::call(const PlannedRun& run, const std::string& command, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), folder_ / command);
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

std::string last_line(const fs::path& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

}  // namespace rotor
