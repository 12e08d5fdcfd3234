// Figures for reports and inspections: line plots, bars and heat maps, drawn by gnuplot (Debian's gnuplot-nox) as SVG
// text that may stand in a file of its own or inside an HTML page. The text depends on the figure alone: no date, path
// or version is in it. Series are told apart by colour (Okabe and Ito's, safe for colour-blind readers), dashes and
// markers.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rotor {

/// Series that the palette can tell apart.
constexpr size_t kMaxSeries = 14;

struct Series {
  std::string name;                ///< its entry in the key
  std::vector<double> x, y;        ///< of one size; a number that is not finite leaves a gap
  std::vector<double> error = {};  ///< drawn as bars of y ± error, at the marked points; none where it is not finite
};

struct LinePlot {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  bool log_x = false, log_y = false;
  std::vector<std::string> x_names = {};  ///< what x = 0, 1, 2 … are called; numbers if empty
  std::optional<double> x_mark = {};      ///< where a dotted line stands upright
  bool joined = true;                     ///< points of a series, by lines
  int width = 860, height = 460;          ///< pixels
};

/// Bars side by side: one group a name, in each group one bar a series.
struct BarPlot {
  std::string title, x_label, y_label;
  std::vector<std::string> groups;
  struct Bars {
    std::string name;
    std::vector<double> values;      ///< one a group; one that is not finite leaves its place empty
    std::vector<double> error = {};  ///< drawn as value ± error; none if empty
  };
  std::vector<Bars> series;
  int width = 860, height = 460;
};

/// A matrix as coloured squares, row 0 on top.
struct HeatMap {
  std::string title, x_label, y_label, value_label;
  std::vector<std::string> rows, columns;  ///< names; an empty name leaves out its tick
  std::vector<double> values;              ///< [rows, columns]; one that is not finite stays white
  int width = 860, height = 460;
};

/// The SVG text of a figure, `<svg …>` to `</svg>`. Every id in it begins with `id` and "-", so that figures of one
/// HTML page with different ids do not meet: a letter, then letters, digits, "-" and "_". Texts are UTF-8, shown as
/// they are. Sizes that do not fit, no or more than kMaxSeries series, and a gnuplot that is missing or fails are
/// Errors.
std::string draw(const LinePlot& plot, const std::string& id);
std::string draw(const BarPlot& plot, const std::string& id);
std::string draw(const HeatMap& map, const std::string& id);

/// A PDF file with a page for each of the plots, all of the size of the first.
using Plot = std::variant<LinePlot, HeatMap>;
std::string draw_pdf(const std::vector<Plot>& plots);

/// Figures of one size, drawn with different ids, as one SVG with the first on top.
std::string above_each_other(const std::vector<std::string>& figures, int width = 860, int height = 460);

}  // namespace rotor
