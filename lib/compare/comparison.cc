#include "compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rotor {

const Group& Comparison::baseline() const {
  const std::string& name = plan.options().baseline;
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.label == name; });
  return found == groups.end() ? groups.front() : *found;
}

bool Comparison::has_baseline() const {
  return baseline().label == plan.options().baseline;
}

const std::string& deciding_metric(const Comparison& comparison) {
  return comparison.plan.common().trainer.checkpoints.best_checkpoint_metric;
}

std::string spread_caption(const Comparison& comparison) {
  const auto several = [](const Group& group) { return group.runs.size() > 1; };
  const bool any = std::any_of(comparison.groups.begin(), comparison.groups.end(), several);
  return any ? "; bars show one sample standard deviation over seeds, where there are several" : "";
}

std::string cell(double number, int decimals) {
  return std::isfinite(number) ? fmt::format("{:.{}f}", number, decimals) : "";
}

void add_figures(LinePlot plot, const std::string& name, const std::string& caption, Page& page) {
  const std::vector<Series> all = std::move(plot.series);
  plot.width = 1040;
  plot.height = 540;
  const size_t figures = (all.size() + kMaxSeries - 1) / kMaxSeries;
  for (size_t f = 0; f < figures; ++f) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(f * kMaxSeries);
    plot.series.assign(begin, begin + std::min<std::ptrdiff_t>(kMaxSeries, all.end() - begin));
    const std::string part = figures == 1 ? name : fmt::format("{}_{}", name, f + 1);
    page.blocks.emplace_back(Figure{part, caption, draw(plot, part), draw_pdf({plot})});
  }
}

}  // namespace rotor
