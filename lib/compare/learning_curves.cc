#include "compare/learning_curves.h"

#include <map>

#include "page/statistics.h"

namespace rotor {
namespace {

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

}  // namespace

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

}  // namespace rotor
