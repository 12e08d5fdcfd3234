#include "compare/quality_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "page/p_values.h"
#include "page/statistics.h"

namespace rotor {
namespace {

/// The tests of all groups against the baseline by one measure.
struct Tests {
  PColumn p;
  std::map<std::string, size_t> places = {};  ///< of each label in the column; the baseline has none
  std::optional<Resamples> resamples = {};    ///< of the segments of the first test; none if nothing is tested
};

Tests test_all(const Comparison& comparison, const Measure& measure) {
  const CompareOptions& options = comparison.plan.options();
  Tests tests{PColumn(options.bootstrap)};
  if (!measure.tested) return tests;
  const Group& baseline = comparison.baseline();
  const Resamples& resamples =
      tests.resamples.emplace(measure.tested->segments(baseline.runs.at(0).tests.at(0)), options.bootstrap);
  if (!comparison.has_baseline()) return tests;
  for (const Group& group : comparison.groups) {
    if (group.label == options.baseline) continue;
    const auto p = significance(baseline, group, *measure.tested, resamples);
    if (!p) continue;
    tests.places[group.label] = tests.p.tests();
    tests.p.add(*p);
  }
  return tests;
}

/// "0.812–0.846"; empty of runs that had other segments.
std::string interval_text(const Group& group, const Measure& measure, const Resamples& resamples) {
  for (const ScoredRun& run : group.runs) {
    if (measure.tested->segments(run.tests.at(0)) != resamples.segments()) return "";
  }
  const Percentiles bounds = interval(group, *measure.tested, resamples);
  return fmt::format("{}–{}", cell(bounds.low, measure.decimals), cell(bounds.high, measure.decimals));
}

/// Adds a measure's columns, and their cells to the row of each group.
void add_measure(const Comparison& comparison, const Measure& measure, const Tests& tests, Table& table) {
  const Resamples* resamples = measure.tested && measure.interval ? &tests.resamples.value() : nullptr;
  table.columns.push_back({measure.name, true, measure.best});
  if (measure.spread) table.columns.push_back({measure.name + " sd"});
  if (resamples) table.columns.push_back({measure.name + " 95 %"});
  if (measure.tested) {
    table.columns.push_back({"p against " + comparison.plan.options().baseline + ", " + measure.name});
    table.columns.push_back({"Holm, " + measure.name});
  }
  for (size_t g = 0; g < comparison.groups.size(); ++g) {
    const std::vector<double> values = comparison.groups[g].each(measure.of);
    std::vector<std::string>& row = table.rows[g];
    row.push_back(cell(mean(values), measure.decimals));
    if (measure.spread) row.push_back(cell(standard_deviation(values), measure.decimals));
    if (resamples) row.push_back(interval_text(comparison.groups[g], measure, *resamples));
    if (!measure.tested) continue;
    const auto place = tests.places.find(comparison.groups[g].label);
    const bool tested = place != tests.places.end();
    row.push_back(tested ? tests.p.text(place->second) : "");
    row.push_back(tested ? tests.p.corrected(place->second) : "");
  }
}

/// Adds the validation losses that the runs had at the end that all of them reached.
void add_losses(const Comparison& comparison, const CommonEnd& end, Table& table) {
  table.columns.push_back({"loss at equal updates", true, Best::kLowest});
  table.columns.push_back({"loss at equal time", true, Best::kLowest});
  for (size_t g = 0; g < comparison.groups.size(); ++g) {
    const auto loss = [&](auto update_of) {
      return cell(mean(comparison.groups[g].each([&](const ScoredRun& run) {
                    return loss_at(run.result.training, update_of(run.result.training));
                  })),
                  3);
    };
    table.rows[g].push_back(loss([&](const TrainingLog&) { return static_cast<double>(end.update); }));
    table.rows[g].push_back(loss([&](const TrainingLog& log) { return update_at(log, end.seconds); }));
  }
}

}  // namespace

Table quality_table(const Comparison& comparison) {
  const CommonEnd end = common_end(comparison.groups);
  Table table{"quality", "", {{"encoding", false}, {"seeds"}}, {}};
  for (const Group& group : comparison.groups) table.rows.push_back({group.label, std::to_string(group.runs.size())});
  size_t most_tests = 0;
  bool intervals = false;
  for (const Measure& measure : comparison.kind.measures()) {
    const Tests tests = test_all(comparison, measure);
    most_tests = std::max(most_tests, tests.p.tests());
    intervals = intervals || measure.interval;
    add_measure(comparison, measure, tests, table);
  }
  add_losses(comparison, end, table);
  const KindTexts texts = comparison.kind.texts();
  table.caption = fmt::format(
      "Mean and sample standard deviation over seeds; the best means are bold. p: two-sided paired bootstrap with {} "
      "resamples of {}.{} Holm: the same p, corrected for the {} tests of its column. {} at update {}, and "
      "after {:.3g} minutes of training, which every run has reached; none of an encoding of which a run had not been "
      "validated by then.",
      comparison.plan.options().bootstrap, texts.resampled, intervals ? " 95 %: the interval of the resamples." : "",
      most_tests, texts.losses, end.update, end.seconds / 60);
  return table;
}

void add_measure_figures(const Comparison& comparison, Page& page) {
  for (const Measure& measure : comparison.kind.measures()) {
    if (measure.figure_caption.empty()) continue;
    LinePlot plot;
    plot.y_label = measure.figure_label;
    plot.joined = false;
    Series series{"", {}, {}};
    for (const Group& group : comparison.groups) {
      const std::vector<double> values = group.each(measure.of);
      plot.x_names.push_back(group.label);
      series.x.push_back(static_cast<double>(series.x.size()));
      series.y.push_back(mean(values));
      series.error.push_back(standard_deviation(values));
    }
    plot.series.push_back(std::move(series));
    std::string name = measure.name;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    add_figures(std::move(plot), name,
                measure.figure_caption + ", the mean over seeds" + spread_caption(comparison) + ".", page);
  }
}

}  // namespace rotor
