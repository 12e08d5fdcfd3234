#include "compare/comparison_page.h"

#include <algorithm>
#include <set>

#include "base/option_text.h"
#include "compare/difference_table.h"
#include "compare/learning_curves.h"
#include "compare/learning_rates.h"
#include "compare/quality_table.h"
#include "page/statistics.h"
#include "train/scores.h"

namespace rotor {
namespace {

/// The configuration that all runs share, without what each run sets.
std::string common_options(const Plan& plan) {
  TrainingOptions training = plan.common();
  Options options;
  training.describe(options);
  std::string kept;
  for (const std::string& line : split(options.to_ini(), '\n')) {
    const std::string name = trimmed(line.substr(0, line.find('=')));
    if (std::count(decided_options().begin(), decided_options().end(), name) == 0) kept += line + '\n';
  }
  while (kept.ends_with("\n\n")) kept.pop_back();
  return kept;
}

/// The runs whose models are averages of fewer checkpoints than asked for, in parentheses.
std::string exceptions(const Comparison& comparison) {
  std::string text;
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) {
      const int64_t count = run.result.averaged;
      if (count == 0 || count == comparison.plan.options().average) continue;
      text += fmt::format("{}{}, seed {}: {}", text.empty() ? "" : "; ", run.label, run.seed, count);
    }
  }
  return text.empty() ? "" : fmt::format(" (of all there were where it left fewer: {})", text);
}

/// What the models are unless the kind says otherwise.
std::string averages(const Comparison& comparison) {
  const int64_t average = comparison.plan.options().average;
  return fmt::format("the {} of its training{}",
                     average == 1 ? "newest checkpoint" : fmt::format("average of the newest {} checkpoints", average),
                     exceptions(comparison));
}

/// Which of its trainings a model is of, if there are several.
std::string rates(const Comparison& comparison) {
  const std::string& list = comparison.plan.options().learning_rates;
  if (list.empty()) return "";
  return fmt::format(", of those with the learning rates {} the one whose best validation has the {} {},", list,
                     higher_is_better(deciding_metric(comparison)) ? "highest" : "lowest", deciding_metric(comparison));
}

void add_setup(const Comparison& comparison, Page& page) {
  const KindTexts texts = comparison.kind.texts();
  std::set<std::string> machines;
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) machines.insert(run.result.machine);
  }
  const std::vector<std::string> list(machines.begin(), machines.end());
  page.blocks.emplace_back(Heading{"How it was measured"});
  page.blocks.emplace_back(Paragraph{fmt::format(
      "All runs share one configuration, below; only what the name of a row says differs. Each model is {}{} and {}. "
      "Machine: {}{}.",
      texts.models.empty() ? averages(comparison) : texts.models, rates(comparison), texts.procedure, join(list, "; "),
      list.size() > 1 ? " (several: speeds and times cannot be compared between their runs)" : "")});
  if (!texts.scoring.empty()) page.blocks.emplace_back(Paragraph{texts.scoring});
  page.blocks.emplace_back(Listing{"The configuration of all runs", common_options(comparison.plan)});
}

}  // namespace

Table cost_table(const Comparison& comparison) {
  const KindTexts texts = comparison.kind.texts();
  Table table{"cost",
              fmt::format("{} Memory is the peak of the process. Means over seeds; ratios are to {}.", texts.speeds,
                          comparison.plan.options().baseline),
              {{"encoding", false},
               {"parameters"},
               {"training tokens/s", true, Best::kHighest},
               {"ratio"},
               {texts.work + " tokens/s", true, Best::kHighest},
               {"ratio"},
               {"training MB", true, Best::kLowest},
               {texts.work + " MB", true, Best::kLowest}},
              {}};
  const auto training = [](const ScoredRun& run) { return run.result.training.tokens_per_second; };
  const auto test = [](const ScoredRun& run) { return run.result.test_tokens_per_second; };
  const bool ratios = comparison.has_baseline();
  const auto ratio = [&](const Group& group, auto number) {
    return ratios ? cell(mean(group.each(number)) / mean(comparison.baseline().each(number)), 2) : "";
  };
  for (const Group& group : comparison.groups) {
    table.rows.push_back({group.label, std::to_string(group.runs.front().result.parameters),
                          cell(mean(group.each(training)), 0), ratio(group, training), cell(mean(group.each(test)), 0),
                          ratio(group, test),
                          cell(mean(group.each([](const ScoredRun& run) { return run.result.training.memory_mb; })), 0),
                          cell(mean(group.each([](const ScoredRun& run) { return run.result.test_memory_mb; })), 0)});
  }
  return table;
}

Table run_table(const Comparison& comparison) {
  const std::vector<Measure> measures = comparison.kind.measures();
  Table table{"runs", "Every run.", {{"encoding", false}, {"seed"}, {"state", false}}, {}};
  for (const Measure& measure : measures) table.columns.push_back({measure.name});
  const bool rates = !comparison.plan.options().learning_rates.empty();
  if (rates) table.columns.push_back({"learning rate"});
  table.columns.push_back({"updates"});
  table.columns.push_back({"last loss"});
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      auto& row = table.rows.emplace_back(std::vector<std::string>{run.label, std::to_string(run.seed), "finished"});
      for (const Measure& measure : measures) row.push_back(cell(measure.of(run), measure.decimals));
      if (rates) row.push_back(fmt::format("{}", run.result.lr));
      row.push_back(std::to_string(log.updates));
      row.push_back(cell(log.validations.back().nll, 3));
    }
  }
  for (const auto& run : comparison.unfinished) {
    auto& row = table.rows.emplace_back(std::vector<std::string>{run.label, std::to_string(run.seed), run.reason});
    row.resize(table.columns.size());
  }
  return table;
}

Page comparison_page(const Comparison& comparison) {
  Page page{"Position encodings compared", {}};
  if (comparison.groups.empty()) {
    page.blocks.emplace_back(Paragraph{"No run is finished."});
    page.blocks.emplace_back(run_table(comparison));
    return page;
  }
  page.blocks.emplace_back(Paragraph{comparison.corpus});
  if (!comparison.unfinished.empty()) {
    page.blocks.emplace_back(Paragraph{
        fmt::format("Runs without a result: {}; the table of every run says why.", comparison.unfinished.size())});
  }
  page.blocks.emplace_back(Heading{"Quality"});
  page.blocks.emplace_back(quality_table(comparison));
  if (auto differences = difference_table(comparison)) page.blocks.emplace_back(*std::move(differences));
  add_measure_figures(comparison, page);
  if (!comparison.plan.options().learning_rates.empty()) {
    page.blocks.emplace_back(Heading{"Learning rates"});
    page.blocks.emplace_back(learning_rate_table(comparison));
  }
  page.blocks.emplace_back(Heading{"Cost"});
  page.blocks.emplace_back(cost_table(comparison));
  add_curves(comparison, page);
  comparison.kind.add_lengths(comparison, page);
  add_setup(comparison, page);
  page.blocks.emplace_back(Heading{"Runs"});
  page.blocks.emplace_back(run_table(comparison));
  if (comparison.published) {
    page.blocks.emplace_back(Heading{"Published elsewhere"});
    page.blocks.emplace_back(*comparison.published);
  }
  return page;
}

}  // namespace rotor
