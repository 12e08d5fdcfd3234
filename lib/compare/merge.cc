#include "compare/merge.h"

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A finished run of another folder, and where it belongs.
struct Copy {
  fs::path from, to;
};

/// The runs of an output folder that are not here yet.
std::vector<Copy> copies_of(const Plan& plan, const Runner& runner, const fs::path& output) {
  const std::vector<fs::path> records = run_records(output / plan.runs_folder().filename());
  ROTOR_CHECK(!records.empty(), "--merge: expected an output folder of rotor-compare, found no runs in {}",
              output.string());
  std::vector<Copy> copies;
  for (const fs::path& record : records) {
    const PlannedRun run = recorded_run(plan, record);
    const fs::path from = record.parent_path();
    runner.check_record(run, record);
    if (!fs::exists(from / "result.json")) {
      log::warn("{} is not finished and is left out", from.string());
    } else if (!fs::exists(run.folder / "result.json")) {
      copies.push_back({from, run.folder});
    } else {
      ROTOR_CHECK(sha256_of_file(from / "result.json") == sha256_of_file(run.folder / "result.json"),
                  "expected one result of {}, seed {}, got another in {} than in {}; remove one of them", run.label,
                  run.seed, from.string(), run.folder.string());
    }
  }
  return copies;
}

void copy(const Copy& run) {
  const fs::path part = run.to.string() + ".part";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(run.to.parent_path(), error);
  if (!error) fs::copy(run.from, part, fs::copy_options::recursive, error);
  if (!error) fs::remove_all(run.to, error);  // an unfinished one
  if (!error) fs::rename(part, run.to, error);
  ROTOR_CHECK(!error, "cannot copy {} to {}: {}", run.from.string(), run.to.string(), error.message());
}

}  // namespace

void merge_runs(const Plan& plan, const Runner& runner, const std::vector<std::string>& outputs) {
  std::vector<Copy> copies;
  for (const std::string& output : outputs) {
    const std::vector<Copy> more = copies_of(plan, runner, output);
    copies.insert(copies.end(), more.begin(), more.end());
  }
  for (const Copy& run : copies) copy(run);
  log::info("took {} finished runs of {} other folders", copies.size(), outputs.size());
}

}  // namespace rotor
