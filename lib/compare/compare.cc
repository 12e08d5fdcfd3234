#include "compare/compare.h"

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "compare/comparison_page.h"
#include "compare/merge.h"
#include "compare/published_table.h"
#include "compare/run_record.h"
#include "compare/runner.h"
#include "compare/timing.h"
#include "page/figure.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A report needs gnuplot; better to know before the first training than after the last.
void check_figures() {
  LinePlot plot;
  plot.series = {{"", {0, 1}, {0, 1}}};
  draw(plot, "trial");
}

/// The finished runs of one list, grouped in its order.
std::vector<Group> group_runs(const std::vector<PlannedRun>& runs, const ComparisonKind& kind) {
  std::vector<Group> groups;
  for (const PlannedRun& run : runs) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.label == run.label; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{run.label, {}});
    const std::filesystem::path result = run.folder / "result.json";
    group->runs.push_back(
        {run.label, run.seed, RunResult::from_json(read_json(result), result.string()), kind.read(run)});
  }
  for (Group& group : groups) {
    std::sort(group.runs.begin(), group.runs.end(), [](const auto& a, const auto& b) { return a.seed < b.seed; });
  }
  return groups;
}

/// Does the runs that are not finished. Returns why some have no result.
std::vector<Comparison::Unfinished> execute(const Runner& runner, const std::vector<PlannedRun>& runs,
                                            bool report_only) {
  std::vector<Comparison::Unfinished> unfinished;
  for (size_t i = 0; i < runs.size(); ++i) {
    const PlannedRun& run = runs[i];
    if (runner.finished(run)) continue;
    const bool trained = runner.trained(run);
    std::string reason = trained ? "not tested yet" : "not run yet";
    if (!report_only) {
      log::info("run {} of {}: {}, seed {}{}", i + 1, runs.size(), run.label, run.seed,
                trained ? ": trained before, it lacks tests" : "");
      const double start = seconds_now();
      reason = runner.execute(run);
      erase_progress();
      if (reason.empty()) {
        log::info("finished in {:.0f} s", seconds_now() - start);
        continue;
      }
      reason.insert(0, "failed: ");
      log::warn("{}", reason);
    }
    unfinished.push_back({run.label, run.seed, reason});
  }
  return unfinished;
}

}  // namespace

void compare(const Plan& plan, const fs::path& commands) {
  const CompareOptions& options = plan.options();
  const std::vector<PlannedRun> runs = plan.runs();
  const auto kind = comparison_kind(options.task).make(plan);
  Comparison comparison{plan, *kind, {}, {}, kind->describe_corpus(), {}};
  if (!options.published.empty()) comparison.published = published_table(options.published);
  check_figures();
  const Runner runner(plan, *kind, commands);
  std::error_code error;
  fs::create_directories(options.output, error);
  ROTOR_CHECK(!error, "cannot create the folder {}: {}; choose another --output", options.output, error.message());
  const FolderLock lock(options.output);
  kind->prepare();
  if (!options.merge.empty()) merge_runs(plan, *kind, runner, split(options.merge, ','));

  const std::vector<PlannedRun> others = runner.others(runs);
  const auto all_finished = [&] {
    std::vector<PlannedRun> all;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(all),
                 [&](const auto& run) { return runner.finished(run); });
    all.insert(all.end(), others.begin(), others.end());
    return all;
  };
  const std::vector<PlannedRun> before = all_finished();  // refuses other configurations before anything is run
  if (options.time_again > 0) one_of_each_label(before);  // reports a missing model before training
  comparison.unfinished = execute(runner, runs, options.report_only);
  const std::vector<PlannedRun> done = all_finished();
  if (options.time_again > 0) time_again(runner, done, options.time_again);
  comparison.groups = group_runs(done, *kind);
  comparison_page(comparison).write(options.output);
  log::info("wrote {}", (fs::path(options.output) / "report.html").string());
  if (options.report_only) return;
  ROTOR_CHECK(comparison.unfinished.empty(), "{} of {} runs failed; the report and each run.log in {} say why",
              comparison.unfinished.size(), runs.size(), plan.runs_folder().string());
}

}  // namespace rotor
