#include "compare/compare.h"

#include <unistd.h>

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "compare/comparison_page.h"
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

void check_commands(const fs::path& folder) {
  for (const char* command : {"rotor-train", "rotor-average", "rotor-generate"}) {
    ROTOR_CHECK(access((folder / command).c_str(), X_OK) == 0,
                "expected the command {}, found none that can be run; install all of Rotor's commands in one folder",
                (folder / command).string());
  }
}

std::vector<TestSet> test_sets(const CompareOptions& options) {
  std::vector<TestSet> tests = {read_test_set(options.test_source, options.test_reference)};
  if (options.extrapolate == 0) return tests;
  const fs::path folder = fs::path(options.output) / "joined";
  fs::create_directories(folder);
  for (int64_t count : {2, 3, 4}) tests.push_back(join_sentences(tests[0], count, folder));
  return tests;
}

/// A description of the corpus. Warns if its pairs are longer than --extrapolate says.
std::string describe_corpus(const CompareOptions& options) {
  const Vocabularies vocabularies = read_vocabularies(options.corpus);
  const Corpus train = open_split(options.corpus, "train", vocabularies);
  const Corpus valid = open_split(options.corpus, "valid", vocabularies);
  const CorpusColumn &sources = train.column("source"), &targets = train.column("target");
  int64_t source = 0, target = 0;
  for (int64_t i = 0; options.extrapolate > 0 && i < train.size(); ++i) {
    source = std::max(source, count_words(vocabularies.source.decode(sources.ids(i))));
    target = std::max(target, count_words(vocabularies.target.decode(targets.ids(i))));
  }
  if (std::max(source, target) > options.extrapolate) {
    log::warn("{} has training pairs of up to {} words as its vocabulary writes them, more than --extrapolate {}",
              options.corpus, std::max(source, target), options.extrapolate);
  }
  return fmt::format(
      "Corpus: {}–{}, {} training and {} validation pairs, {} of {} pieces.{}", sources.info().language,
      targets.info().language, train.size(), valid.size(),
      vocabularies.joined() ? "one vocabulary" : "two vocabularies, the source's", vocabularies.source.size(),
      options.extrapolate > 0
          ? fmt::format(" The longest training source has {} words, the longest target {}.", source, target)
          : "");
}

/// The finished runs of one list, grouped in its order.
std::vector<Group> group_runs(const std::vector<PlannedRun>& runs, const std::vector<TestSet>& tests,
                              bool with_losses) {
  std::vector<Group> groups;
  for (const PlannedRun& run : runs) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.label == run.label; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{run.label, {}});
    group->runs.push_back(score_run(run, tests, with_losses));
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
    std::string reason = "not run yet";
    if (!report_only) {
      log::info("run {} of {}: {}, seed {}", i + 1, runs.size(), run.label, run.seed);
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
  read_test_set(options.test_source, options.test_reference);
  Comparison comparison{plan, {}, {}, {}, describe_corpus(options)};
  check_figures();
  check_commands(commands);
  std::error_code error;
  fs::create_directories(options.output, error);
  ROTOR_CHECK(!error, "cannot create the folder {}: {}; choose another --output", options.output, error.message());
  const FolderLock lock(options.output);
  comparison.tests = test_sets(options);

  const Runner runner(plan, commands, comparison.tests);
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
  comparison.groups = group_runs(done, comparison.tests, options.extrapolate > 0);
  comparison_page(comparison).write(options.output);
  log::info("wrote {}", (fs::path(options.output) / "report.html").string());
  if (options.report_only) return;
  ROTOR_CHECK(comparison.unfinished.empty(), "{} of {} runs failed; the report and each run.log in {} say why",
              comparison.unfinished.size(), runs.size(), plan.runs_folder().string());
}

}  // namespace rotor
