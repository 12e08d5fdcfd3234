#include "page/figure.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "base/check.h"
#include "base/files.h"
#include "page/gnuplot.h"

namespace rotor {

namespace {

/// Okabe and Ito's colours, but for the yellow, which white paper swallows.
constexpr std::string_view kColours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};
constexpr int kMarkers[] = {7, 5, 9, 11, 13, 15, 2,
                            6, 4, 8, 10, 12, 14, 3};  ///< gnuplot's numbers: filled, then hollow
static_assert(std::size(kMarkers) == kMaxSeries && 2 * std::size(kColours) == kMaxSeries);
constexpr size_t kMarkersOnLine = 12;  ///< on a longer line only every n-th point is marked

/// Matplotlib's viridis at eight points: even in lightness, and read alike by colour-blind eyes.
constexpr std::string_view kPalette =
    "set palette defined (0 '#440154', 1 '#46327e', 2 '#365c8d', 3 '#277f8e', 4 '#1fa187', 5 '#4ac16d', 6 '#a0da39', "
    "7 '#fde725')\n";

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "NaN";
}

/// A tick's text; gnuplot reads % as the start of a format.
std::string tick_text(const std::string& name) {
  std::string text;
  for (char c : name) text += c == '%' ? "%%" : std::string(1, c);
  return gnuplot_string(text);
}

/// `set xtics` at 0, 1, 2 …, lying askew where they would not fit side by side in `width` pixels.
std::string named_ticks(std::string_view axis, const std::vector<std::string>& names, double width) {
  std::string list;
  size_t letters = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", tick_text(names[i]), i);
    letters = std::max(letters, names[i].size() + 1);
  }
  const bool askew = axis == "x" && static_cast<double>(letters * names.size()) * 8 > width;
  return fmt::format("set {}tics {} ({})\n", axis, askew ? "rotate by -45" : "norotate", list);
}

std::string labels(const std::string& title, const std::string& x, const std::string& y) {
  return fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n", gnuplot_string(title), gnuplot_string(x),
                     gnuplot_string(y));
}

/// The data block $data<index>: x, y and error, one row a point.
std::string data_block(size_t index, std::span<const double> x, std::span<const double> y,
                       std::span<const double> error) {
  std::string text = fmt::format("$data{} << END\n", index);
  for (size_t i = 0; i < y.size(); ++i) {
    text += fmt::format("{} {} {}\n", number(x[i]), number(y[i]), error.empty() ? "0" : number(error[i]));
  }
  return text + "END\n";
}

std::string join(const std::vector<std::string>& parts) {
  return fmt::format("plot {}\n", fmt::join(parts, ", "));
}

void check_count(size_t count) {
  ROTOR_CHECK(count >= 1 && count <= kMaxSeries, "expected 1 to {} series in a figure, got {}", +kMaxSeries, count);
}

/// Whether a number has a place on an axis.
bool has_place(double value, bool log) {
  return std::isfinite(value) && (!log || value > 0);
}

bool has_point(const LinePlot& plot) {
  for (const Series& series : plot.series) {
    for (size_t i = 0; i < series.y.size(); ++i) {
      if (has_place(series.x[i], plot.log_x) && has_place(series.y[i], plot.log_y)) return true;
    }
  }
  return false;
}

bool has_bar(const BarPlot& plot) {
  return std::any_of(plot.series.begin(), plot.series.end(), [](const BarPlot::Bars& bars) {
    return std::any_of(bars.values.begin(), bars.values.end(), [](double value) { return std::isfinite(value); });
  });
}

/// Number of points from one marked point of a series to the next.
size_t marker_interval(const Series& series) {
  return std::max<size_t>((series.y.size() + kMarkersOnLine - 1) / kMarkersOnLine, 1);
}

/// The data block $error<index>: x, y and error of the marked points that have one; empty if none has.
std::string error_block(size_t index, const Series& series) {
  std::string rows;
  for (size_t i = 0; i < series.error.size(); i += marker_interval(series)) {
    if (!std::isfinite(series.error[i])) continue;
    rows += fmt::format("{} {} {}\n", number(series.x[i]), number(series.y[i]), number(series.error[i]));
  }
  return rows.empty() ? "" : fmt::format("$error{} << END\n{}END\n", index, rows);
}

/// The commands that draw a series: its points, joined by lines if wanted, and error bars if there are any.
std::string line(const Series& series, size_t index, bool joined, bool has_errors) {
  const auto style = fmt::format("lc rgb '{}' lw 2 dt {} pt {} ps 0.7", kColours[index % std::size(kColours)],
                                 index < std::size(kColours) ? "solid" : "(6,4)", kMarkers[index]);
  std::string text =
      fmt::format("$data{} using 1:2 with {} {}{} title {}", index, joined ? "linespoints" : "points", style,
                  joined ? fmt::format(" pi {}", marker_interval(series)) : "", gnuplot_string(series.name));
  if (has_errors) text += fmt::format(", $error{} using 1:2:3 with yerrorbars {} notitle", index, style);
  return text;
}

/// gnuplot's script of a plot.
std::string script_of(const LinePlot& plot) {
  check_count(plot.series.size());
  std::string script = labels(plot.title, plot.x_label, plot.y_label);
  script += "set autoscale xfix\n";  // the axis ends where the data does
  if (plot.log_x) script += "set logscale x\n";
  if (plot.log_y) script += "set logscale y\n";
  if (!plot.x_names.empty()) {
    script += named_ticks("x", plot.x_names, plot.width * 0.7);
    script += fmt::format("set xrange [-0.5:{}]\n", static_cast<double>(plot.x_names.size()) - 0.5);
  }
  if (plot.x_mark) {
    script += fmt::format("set arrow from first {0}, graph 0 to first {0}, graph 1 nohead back lw 2 dt (2,3)\n",
                          *plot.x_mark);
  }
  std::vector<std::string> lines;
  for (const Series& series : plot.series) {
    const size_t size = series.y.size();
    ROTOR_CHECK(series.x.size() == size && (series.error.empty() || series.error.size() == size),
                "series '{}': expected as many x ({}) and errors ({}) as y ({})", series.name, series.x.size(),
                series.error.size(), size);
    const std::string errors = error_block(lines.size(), series);
    script += data_block(lines.size(), series.x, series.y, {}) + errors;
    lines.push_back(line(series, lines.size(), plot.joined, !errors.empty()));
  }
  ROTOR_CHECK(has_point(plot), "figure '{}' has no point to draw", plot.title);
  return script + join(lines);
}

/// gnuplot's script of a heat map.
std::string script_of(const HeatMap& map) {
  const size_t rows = map.rows.size(), columns = map.columns.size();
  ROTOR_CHECK(rows > 0 && columns > 0 && map.values.size() == rows * columns,
              "heat map '{}': expected {} x {} values, one a row and column, got {}", map.title, rows, columns,
              map.values.size());
  std::string script = labels(map.title, map.x_label, map.y_label) + std::string(kPalette);
  script += named_ticks("x", map.columns, map.width * 0.7) + named_ticks("y", map.rows, 0);
  script +=
      fmt::format("set xrange [-0.5:{}]\nset yrange [{}:-0.5]\nset cblabel {}\nunset key\nunset grid\n",
                  static_cast<double>(columns) - 0.5, static_cast<double>(rows) - 0.5, gnuplot_string(map.value_label));
  script += "$data0 << END\n";
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      script += fmt::format("{} {} {}\n", column, row, number(map.values[row * columns + column]));
    }
  }
  return script + "END\nplot $data0 using 1:2:3 with image pixels\n";
}

}  // namespace

std::string draw(const LinePlot& plot, const std::string& id) {
  return draw_with_gnuplot(script_of(plot), {plot.title, id, plot.width, plot.height});
}

std::string draw(const BarPlot& plot, const std::string& id) {
  check_count(plot.series.size());
  ROTOR_CHECK(!plot.groups.empty(), "expected at least one group of bars in figure '{}'", plot.title);
  std::string script = labels(plot.title, plot.x_label, plot.y_label) + named_ticks("x", plot.groups, plot.width * 0.7);
  const double width = 0.8 / static_cast<double>(plot.series.size());
  script += fmt::format("set xrange [-0.5:{}]\nset boxwidth {}\nset yrange [*<0:0<*]\n",
                        static_cast<double>(plot.groups.size()) - 0.5, width * 0.9);
  std::vector<std::string> bars;
  for (size_t index = 0; index < plot.series.size(); ++index) {
    const auto& series = plot.series[index];
    ROTOR_CHECK(series.values.size() == plot.groups.size() &&
                    (series.error.empty() || series.error.size() == plot.groups.size()),
                "series '{}': expected {} values, one a group, got {} and {} errors", series.name, plot.groups.size(),
                series.values.size(), series.error.size());
    std::vector<double> x;
    for (size_t i = 0; i < plot.groups.size(); ++i) {
      x.push_back(static_cast<double>(i) - 0.4 + width * (static_cast<double>(index) + 0.5));
    }
    script += data_block(index, x, series.values, series.error);
    bars.push_back(fmt::format("$data{} using 1:2{} fs solid {} border lc rgb '#444444' fc rgb '{}' title {}", index,
                               series.error.empty() ? " with boxes" : ":3 with boxerrorbars",
                               index < std::size(kColours) ? "0.9" : "0.4", kColours[index % std::size(kColours)],
                               gnuplot_string(series.name)));
  }
  ROTOR_CHECK(has_bar(plot), "figure '{}' has no bar to draw", plot.title);
  return draw_with_gnuplot(script + join(bars), {plot.title, id, plot.width, plot.height});
}

std::string draw(const HeatMap& map, const std::string& id) {
  return draw_with_gnuplot(script_of(map), {map.title, id, map.width, map.height});
}

std::string draw_pdf(const std::vector<Plot>& plots) {
  ROTOR_CHECK(!plots.empty(), "expected plots to draw, got none");
  std::vector<std::string> scripts;
  for (const Plot& plot : plots) scripts.push_back(std::visit([](const auto& p) { return script_of(p); }, plot));
  const auto [width, height] = std::visit([](const auto& p) { return std::pair(p.width, p.height); }, plots.front());
  return draw_pdf_with_gnuplot(scripts, width, height);
}

std::string above_each_other(const std::vector<std::string>& figures, int width, int height) {
  const int total = height * static_cast<int>(figures.size());
  std::string all = fmt::format(
      "<svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n",
      width, total);
  int y = 0;
  for (const std::string& figure : figures) {
    constexpr std::string_view kTag = "<svg ";
    ROTOR_CHECK(figure.starts_with(kTag), "expected figures to put above each other, got other text");
    all += fmt::format("{}y=\"{}\" {}", kTag, y, figure.substr(kTag.size()));
    y += height;
  }
  return all + "</svg>\n";
}

}  // namespace rotor
