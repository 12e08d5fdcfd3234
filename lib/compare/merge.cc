#include "compare/merge.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/log.h"
#include "compare/run_record.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// For each run's own folder, the folder that holds its result.
using Holders = std::map<fs::path, fs::path>;

/// What a result says of a model, on whatever machine and however fast it was made.
std::string without_speeds(const fs::path& file) {
  RunResult result = RunResult::from_json(read_json(file), file.string());
  TrainingLog& training = result.training;
  result.machine.clear();
  result.test_tokens_per_second = training.tokens_per_second = training.seconds_per_update = 0;
  result.test_memory_mb = training.memory_mb = 0;
  return result.to_json().dump();
}

/// Whether two folders hold the same result of a run, with equal outputs of the tests that both have made.
bool same_results(const std::vector<std::string>& outputs, const fs::path& a, const fs::path& b) {
  if (without_speeds(a / "result.json") != without_speeds(b / "result.json")) return false;
  return std::all_of(outputs.begin(), outputs.end(), [&](const std::string& name) {
    const fs::path one = plain_or_packed(a / name), other = plain_or_packed(b / name);
    const bool has_speed = fs::path(name).extension() == ".json";
    return has_speed || !fs::exists(one) || !fs::exists(other) || text_sum(one) == text_sum(other);
  });
}

/// Adds the runs of an output folder, of which one that is held already must have the same result.
void add_runs(const Plan& plan, const ComparisonKind& kind, const Runner& runner, const fs::path& output,
              Holders& holders) {
  const std::vector<fs::path> records = run_records(output / plan.runs_folder().filename());
  ROTOR_CHECK(!records.empty(), "--merge: expected an output folder of rotor-compare, found no runs in {}",
              output.string());
  for (const fs::path& record : records) {
    const PlannedRun run = recorded_run(plan, record);
    const fs::path from = record.parent_path();
    runner.check_record(run, record);
    if (!fs::exists(from / "result.json")) {
      log::warn("{} is not finished and is left out", from.string());
      continue;
    }
    const bool is_here = fs::exists(run.folder / "result.json");
    const fs::path& holder = holders.try_emplace(run.folder, is_here ? run.folder : from).first->second;
    ROTOR_CHECK(same_results(kind.results(run), from, holder),
                "expected one result of {}, seed {}, got another in {} than in {}; remove one of them", run.label,
                run.seed, from.string(), holder.string());
  }
}

void copy_run(const fs::path& from, const fs::path& to) {
  const fs::path part = to.string() + ".part";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::copy(from, part, fs::copy_options::recursive, error);
  if (!error) fs::remove_all(to, error);  // an unfinished one
  if (!error) fs::rename(part, to, error);
  ROTOR_CHECK(!error, "cannot copy {} to {}: {}", from.string(), to.string(), error.message());
}

}  // namespace

void merge_runs(const Plan& plan, const ComparisonKind& kind, const Runner& runner,
                const std::vector<std::string>& outputs) {
  Holders holders;
  for (const std::string& output : outputs) add_runs(plan, kind, runner, output, holders);
  size_t copies = 0;
  for (const auto& [folder, holder] : holders) {
    if (holder == folder) continue;
    copy_run(holder, folder);
    ++copies;
  }
  log::info("took {} finished runs of {} other folders", copies, outputs.size());
}

}  // namespace rotor
