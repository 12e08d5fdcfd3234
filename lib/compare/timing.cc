#include "compare/timing.h"

#include <map>

#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "compare/run_record.h"
#include "page/statistics.h"

namespace rotor {
namespace {

RunResult medians(const std::vector<RunResult>& trials) {
  const auto median_of = [&](auto number) {
    std::vector<double> values;
    values.reserve(trials.size());
    for (const RunResult& trial : trials) values.push_back(number(trial));
    return median(values);
  };
  RunResult result = trials.front();
  result.training.tokens_per_second = median_of([](const RunResult& r) { return r.training.tokens_per_second; });
  result.training.seconds_per_update = median_of([](const RunResult& r) { return r.training.seconds_per_update; });
  result.test_tokens_per_second = median_of([](const RunResult& r) { return r.test_tokens_per_second; });
  return result;
}

void put_speeds(const RunResult& speeds, const PlannedRun& run) {
  const std::filesystem::path file = run.folder / "result.json";
  RunResult result = RunResult::from_json(read_json(file), file.string());
  result.machine = speeds.machine;
  result.training.tokens_per_second = speeds.training.tokens_per_second;
  result.training.seconds_per_update = speeds.training.seconds_per_update;
  result.test_tokens_per_second = speeds.test_tokens_per_second;
  write_json(file, result.to_json());
}

}  // namespace

std::vector<PlannedRun> one_of_each_label(const std::vector<PlannedRun>& runs) {
  std::map<std::string, bool> chosen;
  std::vector<PlannedRun> ones;
  for (const PlannedRun& run : runs) {
    bool& done = chosen[run.label];
    if (done || !std::filesystem::exists(run.folder / "model.safetensors")) continue;
    ones.push_back(run);
    done = true;
  }
  for (const auto& [label, done] : chosen) {
    ROTOR_CHECK(done, "--time-again: expected the model of a run of {}, found none; time runs where they were trained",
                label);
  }
  return ones;
}

void time_again(const Runner& runner, const std::vector<PlannedRun>& runs, int64_t rounds) {
  const std::vector<PlannedRun> timed = one_of_each_label(runs);
  std::map<std::string, std::vector<RunResult>> trials;
  for (int64_t round = 1; round <= rounds; ++round) {
    for (const PlannedRun& run : timed) {
      log::info("timing, round {} of {}: {}", round, rounds, run.label);
      trials[run.label].push_back(runner.trial(run));
      erase_progress();
    }
  }
  for (const PlannedRun& run : runs) put_speeds(medians(trials.at(run.label)), run);
}

}  // namespace rotor
