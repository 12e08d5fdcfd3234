#include "compare/learning_rates.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/option_text.h"
#include "page/statistics.h"
#include "train/scores.h"

namespace rotor {

std::vector<double> read_learning_rates(const std::string& list) {
  std::vector<double> rates;
  for (const std::string& part : split(list, ',')) {
    double rate = 0;
    if (!read_value({trimmed(part)}, rate) || !std::isfinite(rate) || rate <= 0) {
      refuse("--learning-rates expects numbers above 0 with commas between, got '{}'", part);
    }
    if (std::find(rates.begin(), rates.end(), rate) != rates.end()) refuse("--learning-rates has {} twice", rate);
    rates.push_back(rate);
  }
  return rates;
}

std::vector<PlannedRun> with_each_rate(const PlannedRun& run) {
  std::vector<PlannedRun> trainings;
  for (const double rate : run.rates) {
    PlannedRun& training = trainings.emplace_back(run);
    training.label = fmt::format("{}, --lr {}", run.label, rate);
    training.folder = run.folder / fmt::format("lr-{}", rate);
    training.rates.clear();
    training.training.trainer.optimization.schedule.lr = rate;
    training.training.trainer.checkpoints.save_dir = training.folder / "checkpoints";
  }
  return trainings;
}

size_t best_rate(const std::vector<TriedRate>& rates, const std::string& metric) {
  size_t best = rates.size();
  for (size_t i = 0; i < rates.size(); ++i) {
    if (!std::isfinite(rates[i].best)) continue;
    const bool better = best == rates.size() || (higher_is_better(metric) ? rates[i].best > rates[best].best
                                                                          : rates[i].best < rates[best].best);
    if (better) best = i;
  }
  ROTOR_CHECK(best < rates.size(), "expected validations that measured {}, found none", metric);
  return best;
}

Table learning_rate_table(const Comparison& comparison) {
  const std::string& metric = deciding_metric(comparison);
  Table table{
      "learning_rates",
      fmt::format("The best validation {} of each learning rate, the mean over seeds (none of a rate with which "
                  "a training failed), and the number of seeds whose model is of that rate.",
                  metric),
      {{"encoding", false}, {"learning rate"}, {"validation " + metric}, {"sd"}, {"chosen"}},
      {}};
  for (const Group& group : comparison.groups) {
    for (size_t i = 0; i < group.runs.front().result.rates.size(); ++i) {
      const double rate = group.runs.front().result.rates[i].lr;
      const std::vector<double> best = group.each([&](const ScoredRun& run) { return run.result.rates.at(i).best; });
      const auto chosen = std::count_if(group.runs.begin(), group.runs.end(),
                                        [&](const ScoredRun& run) { return run.result.lr == rate; });
      table.rows.push_back({group.label, fmt::format("{}", rate), cell(mean(best), 4),
                            cell(standard_deviation(best), 4), std::to_string(chosen)});
    }
  }
  return table;
}

}  // namespace rotor
