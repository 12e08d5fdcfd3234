#include "inspect/decay_figure.h"

#include <numeric>

#include "base/check.h"
#include "position/decay.h"

namespace rotor {

LinePlot DecayFigure::plot() const {
  LinePlot plot;
  plot.title = fmt::format("Long-term decay of rotary positions, head width {}", head_width);
  plot.x_label = "distance |m − n|";
  plot.y_label = "relative upper bound of the score";
  std::vector<double> distances(reach + 1);
  std::iota(distances.begin(), distances.end(), 0.0);
  for (double base : bases) {
    plot.series.push_back({fmt::format("base {}", base), distances, long_term_decay(head_width, base, reach)});
  }
  return plot;
}

std::string DecayFigure::to_svg() const {
  return draw(plot(), "decay");
}

std::string DecayFigure::to_pdf() const {
  return draw_pdf({plot()});
}

std::string DecayFigure::to_csv() const {
  std::string csv = "head_width,base,distance,bound\n";
  for (double base : bases) {
    const auto bound = long_term_decay(head_width, base, reach);
    for (size_t distance = 0; distance < bound.size(); ++distance) {
      csv += fmt::format("{},{},{},{:.7g}\n", head_width, base, distance, bound[distance]);
    }
  }
  return csv;
}

}  // namespace rotor
