#include "compare/learning_curves.h"

#include <map>

#include "page/statistics.h"

namespace rotor {
namespace {

/// The mean of a number of validations over the runs of a group at each update where all of them have one, with its
/// spread over seeds.
template <typename Number>
Series learning_curve(const Group& group, bool by_time, Number number) {
  std::map<int64_t, std::vector<double>> found;
  for (const ScoredRun& run : group.runs) {
    for (const Validation& v : run.result.training.validations) found[v.update].push_back(number(v));
  }
  const double seconds = mean(group.each([](const ScoredRun& run) { return run.result.training.seconds_per_update; }));
  Series series{group.label, {}, {}};
  for (const auto& [update, values] : found) {
    if (values.size() < group.runs.size()) continue;
    series.x.push_back(static_cast<double>(update) * (by_time ? seconds / 60 : 1));
    series.y.push_back(mean(values));
    if (values.size() > 1) series.error.push_back(standard_deviation(values));
  }
  return series;
}

/// Adds a figure of the metric that decides.
void add_metric_curves(const Comparison& comparison, Page& page) {
  const std::string& metric = deciding_metric(comparison);
  LinePlot plot;
  plot.x_label = "updates";
  plot.y_label = "validation " + metric;
  for (const Group& group : comparison.groups) {
    plot.series.push_back(learning_curve(group, false, [&](const Validation& v) { return value_of(v, metric); }));
  }
  add_figures(std::move(plot), metric + "_by_update",
              fmt::format("Validation {} against updates, the mean over seeds{}.", metric, spread_caption(comparison)),
              page);
}

}  // namespace

void add_curves(const Comparison& comparison, Page& page) {
  LinePlot by_update, by_time;
  by_update.x_label = "updates";
  by_time.x_label = "minutes of training";
  by_update.y_label = by_time.y_label = "validation " + comparison.kind.texts().loss_label;
  const auto loss = [](const Validation& v) { return v.nll; };
  for (const Group& group : comparison.groups) {
    by_update.series.push_back(learning_curve(group, false, loss));
    by_time.series.push_back(learning_curve(group, true, loss));
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
  if (deciding_metric(comparison) != "loss") add_metric_curves(comparison, page);
  page.blocks.emplace_back(curve_table(comparison));
}

Table curve_table(const Comparison& comparison) {
  Table table{"learning_curves",
              "",
              {{"encoding", false}, {"seed"}, {"update"}, {"epoch"}, {"minutes"}, {"loss"}, {"smoothed loss"}},
              {},
              false};
  const std::string& metric = deciding_metric(comparison);
  if (metric != "loss") table.columns.push_back({metric});
  for (const Group& group : comparison.groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      for (const Validation& v : log.validations) {
        table.rows.push_back({run.label, std::to_string(run.seed), std::to_string(v.update), std::to_string(v.epoch),
                              cell(static_cast<double>(v.update) * log.seconds_per_update / 60, 3), cell(v.nll, 5),
                              cell(v.loss, 5)});
        if (metric != "loss") table.rows.back().push_back(cell(value_of(v, metric), 5));
      }
    }
  }
  return table;
}

}  // namespace rotor
