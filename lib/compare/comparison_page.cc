#include "compare/comparison_page.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/option_text.h"
#include "compare/length_report.h"
#include "compare/published.h"
#include "page/p_values.h"
#include "page/statistics.h"
#include "score/bleu.h"
#include "score/chrf.h"
#include "score/result.h"

namespace rotor {
namespace {

const Group& baseline_of(const Comparison& comparison) {
  const std::string& name = comparison.plan.options().baseline;
  const auto found = std::find_if(comparison.groups.begin(), comparison.groups.end(),
                                  [&](const Group& group) { return group.label == name; });
  return found == comparison.groups.end() ? comparison.groups.front() : *found;
}

bool has_baseline(const Comparison& comparison) {
  return baseline_of(comparison).label == comparison.plan.options().baseline;
}

double bleu_of(const ScoredRun& run) {
  return run.bleu();
}
double chrf_of(const ScoredRun& run) {
  return run.chrf();
}

/// The tests of all groups against the baseline.
struct Tests {
  PColumn bleu, chrf;
  std::map<std::string, size_t> places;  ///< of each label in the columns; the baseline has none
};

Tests test_all(const Comparison& comparison) {
  const CompareOptions& options = comparison.plan.options();
  Tests tests{PColumn(options.bootstrap), PColumn(options.bootstrap), {}};
  if (!has_baseline(comparison)) return tests;
  const Resamples resamples(comparison.tests.at(0).sources.size(), options.bootstrap);
  for (const Group& group : comparison.groups) {
    if (group.label == options.baseline) continue;
    const auto p = significance(baseline_of(comparison), group, resamples);
    if (!p) continue;
    tests.places[group.label] = tests.bleu.tests();
    tests.bleu.add(p->bleu);
    tests.chrf.add(p->chrf);
  }
  return tests;
}

std::string signatures() {
  std::string text;
  const Bleu bleu;
  const Chrf chrf;
  for (const Metric* metric : std::initializer_list<const Metric*>{&bleu, &chrf}) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : "; ", metric->name(), signature_text(full_signature(*metric, 1)));
  }
  return text;
}

/// The configuration that all runs share, without what each run sets.
std::string common_options(const Plan& plan) {
  TrainingOptions training = plan.common();
  Options options;
  training.describe(options);
  std::string kept;
  for (const std::string& line : split(options.to_ini(), '\n')) {
    const std::string name = trimmed(line.substr(0, line.find('=')));
    const bool set_by_run = name == "seed" || name == "save-dir" || name == "position-encoding" || name == "no-save";
    if (!set_by_run) kept += line + '\n';
  }
  while (kept.ends_with("\n\n")) kept.pop_back();
  return kept;
}

/// Mean validation loss over the runs of a group at each update where all of them have one, with its spread over seeds.
Series learning_curve(const Group& group, bool by_time) {
  std::map<int64_t, std::vector<double>> losses;
  for (const ScoredRun& run : group.runs) {
    for (const Validation& v : run.result.training.validations) losses[v.update].push_back(v.nll);
  }
  const double seconds = mean(group.each([](const ScoredRun& run) { return run.result.training.seconds_per_update; }));
  Series series{group.label, {}, {}};
  for (const auto& [update, values] : losses) {
    if (values.size() < group.runs.size()) continue;
    series.x.push_back(static_cast<double>(update) * (by_time ? seconds / 60 : 1));
    series.y.push_back(mean(values));
    if (values.size() > 1) series.error.push_back(standard_deviation(values));
  }
  return series;
}

/// BLEU of each encoding as a point with the spread over its seeds.
void add_bleu_figure(const Comparison& comparison, Page& page) {
  LinePlot plot;
  plot.y_label = "BLEU";
  plot.joined = false;
  Series series{"", {}, {}};
  for (const Group& group : comparison.groups) {
    const auto bleu = group.each(bleu_of);
    plot.x_names.push_back(group.label);
    series.x.push_back(static_cast<double>(series.x.size()));
    series.y.push_back(mean(bleu));
    series.error.push_back(standard_deviation(bleu));
  }
  plot.series.push_back(std::move(series));
  add_figures(std::move(plot), "bleu", "BLEU of the test set, the mean over seeds" + spread_caption(comparison) + ".",
              page);
}

void add_curves(const Comparison& comparison, Page& page) {
  LinePlot by_update, by_time;
  by_update.x_label = "updates";
  by_time.x_label = "minutes of training";
  by_update.y_label = by_time.y_label = "validation loss (bits a token)";
  for (const Group& group : comparison.groups) {
    by_update.series.push_back(learning_curve(group, false));
    by_time.series.push_back(learning_curve(group, true));
  }
  page.blocks.emplace_back(Heading{"Learning curves"});
  const std::string bars = spread_caption(comparison);
  add_figures(std::move(by_update), "loss_by_update",
              "Validation loss against updates, the mean over seeds" + bars + ".", page);
  add_figures(std::move(by_time), "loss_by_time",
              "Validation loss against training time, updates times the median time of an update (validation and "
              "writing checkpoints are left out); the mean over seeds" +
                  bars + ".",
              page);
  page.blocks.emplace_back(curve_table(comparison));
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

void add_setup(const Comparison& comparison, Page& page) {
  const CompareOptions& options = comparison.plan.options();
  std::set<std::string> machines;
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) machines.insert(run.result.machine);
  }
  const std::vector<std::string> list(machines.begin(), machines.end());
  page.blocks.emplace_back(Heading{"How it was measured"});
  page.blocks.emplace_back(Paragraph{fmt::format(
      "All runs share one configuration, below; only what the name of a row says differs. Each model is the {} of its "
      "training{} and translates {} test sentences with beam {} and length penalty {} ({}). "
      "Machine: {}{}.",
      options.average == 1 ? "newest checkpoint" : fmt::format("average of the newest {} checkpoints", options.average),
      exceptions(comparison), comparison.tests.at(0).sources.size(), options.search.beam, options.search.lenpen,
      options.search.lenpen_kind, join(list, "; "),
      list.size() > 1 ? " (several: speeds and times cannot be compared between their runs)" : "")});
  page.blocks.emplace_back(Paragraph{"Scores are of detokenised text. Signatures: " + signatures() + "."});
  page.blocks.emplace_back(Listing{"The configuration of all runs", common_options(comparison.plan)});
}

}  // namespace

Table quality_table(const Comparison& comparison) {
  const CompareOptions& options = comparison.plan.options();
  const CommonEnd end = common_end(comparison.groups);
  const Tests tests = test_all(comparison);
  const std::string against = "p against " + options.baseline;
  Table table{
      "quality",
      fmt::format("Mean and sample standard deviation over seeds; the best means are bold. p: paired bootstrap with {} "
                  "resamples of the test sentences; a sentence counts with its translations of all seeds that both "
                  "have. Holm: the same p, corrected for the {} tests of its column. Losses in bits a token, without "
                  "label smoothing: at update {}, and after {:.3g} minutes of training, which every run has reached.",
                  options.bootstrap, tests.bleu.tests(), end.update, end.seconds / 60),
      {{"encoding", false},
       {"seeds"},
       {"BLEU", true, Best::kHighest},
       {"BLEU sd"},
       {against + ", BLEU"},
       {"Holm, BLEU"},
       {"chrF", true, Best::kHighest},
       {"chrF sd"},
       {against + ", chrF"},
       {"Holm, chrF"},
       {"loss at equal updates", true, Best::kLowest},
       {"loss at equal time", true, Best::kLowest}},
      {}};
  for (const Group& group : comparison.groups) {
    const auto bleu = group.each(bleu_of), chrf = group.each(chrf_of);
    const auto loss = [&](auto update_of) {
      return mean(group.each([&](const ScoredRun& r) { return loss_at(r.result.training, update_of(r)); }));
    };
    const double by_update = loss([&](const ScoredRun&) { return static_cast<double>(end.update); });
    const double by_time =
        loss([&](const ScoredRun& run) { return end.seconds / run.result.training.seconds_per_update; });
    std::vector<std::string> row = {group.label, std::to_string(group.runs.size())};
    const auto add = [&](const std::vector<double>& scores, const PColumn& p) {
      const auto place = tests.places.find(group.label);
      const bool tested = place != tests.places.end();
      row.insert(row.end(), {cell(mean(scores), 2), cell(standard_deviation(scores), 2),
                             tested ? p.text(place->second) : "", tested ? p.corrected(place->second) : ""});
    };
    add(bleu, tests.bleu);
    add(chrf, tests.chrf);
    row.insert(row.end(), {cell(by_update, 3), cell(by_time, 3)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table cost_table(const Comparison& comparison) {
  Table table{
      "cost",
      "Training speed is the median over a run's reports, in target tokens; decoding speed counts the tokens of "
      "the translations. Memory is the peak of the process. Means over seeds; ratios are to " +
          comparison.plan.options().baseline + ".",
      {{"encoding", false},
       {"parameters"},
       {"training tokens/s", true, Best::kHighest},
       {"ratio"},
       {"decoding tokens/s", true, Best::kHighest},
       {"ratio"},
       {"training MB", true, Best::kLowest},
       {"decoding MB", true, Best::kLowest}},
      {}};
  const auto training = [](const ScoredRun& run) { return run.result.training.tokens_per_second; };
  const auto decoding = [](const ScoredRun& run) { return run.result.decoding_tokens_per_second; };
  const Group& baseline = baseline_of(comparison);
  const bool ratios = has_baseline(comparison);
  const auto ratio = [&](const Group& group, auto number) {
    return ratios ? cell(mean(group.each(number)) / mean(baseline.each(number)), 2) : "";
  };
  for (const Group& group : comparison.groups) {
    table.rows.push_back(
        {group.label, std::to_string(group.runs.front().result.parameters), cell(mean(group.each(training)), 0),
         ratio(group, training), cell(mean(group.each(decoding)), 0), ratio(group, decoding),
         cell(mean(group.each([](const ScoredRun& run) { return run.result.training.memory_mb; })), 0),
         cell(mean(group.each([](const ScoredRun& run) { return run.result.decoding_memory_mb; })), 0)});
  }
  return table;
}

Table run_table(const Comparison& comparison) {
  Table table{"runs",
              "Every run.",
              {{"encoding", false}, {"seed"}, {"state", false}, {"BLEU"}, {"chrF"}, {"updates"}, {"last loss"}},
              {}};
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      table.rows.push_back({run.label, std::to_string(run.seed), "finished", cell(run.bleu(), 2), cell(run.chrf(), 2),
                            std::to_string(log.updates), cell(log.validations.back().nll, 3)});
    }
  }
  for (const auto& run : comparison.unfinished) {
    table.rows.push_back({run.label, std::to_string(run.seed), run.reason, "", "", "", ""});
  }
  return table;
}

Table curve_table(const Comparison& comparison) {
  Table table{"learning_curves",
              "",
              {{"encoding", false}, {"seed"}, {"update"}, {"epoch"}, {"minutes"}, {"loss"}, {"smoothed loss"}},
              {},
              false};
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      for (const Validation& v : log.validations) {
        table.rows.push_back({run.label, std::to_string(run.seed), std::to_string(v.update), std::to_string(v.epoch),
                              cell(static_cast<double>(v.update) * log.seconds_per_update / 60, 3), cell(v.nll, 5),
                              cell(v.loss, 5)});
      }
    }
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
  add_bleu_figure(comparison, page);
  page.blocks.emplace_back(Heading{"Cost"});
  page.blocks.emplace_back(cost_table(comparison));
  add_curves(comparison, page);
  add_lengths(comparison, page);
  if (comparison.plan.options().extrapolate > 0) add_extrapolation(comparison, page);
  add_setup(comparison, page);
  page.blocks.emplace_back(Heading{"Runs"});
  page.blocks.emplace_back(run_table(comparison));
  page.blocks.emplace_back(Heading{"Published elsewhere"});
  page.blocks.emplace_back(published_results());
  return page;
}

}  // namespace rotor
