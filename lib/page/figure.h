// Figures for reports and inspections: line plots, bars and heat maps, drawn by gnuplot (Debian's gnuplot-nox) as SVG
// text for a separate file or for use inside an HTML page. The text depends on the figure only: it contains no date,
// path or version. Series are told apart by colour (Okabe and Ito's, safe for colour-blind readers), dashes and
// markers.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rotor {

/// Greatest number of series that the palette distinguishes.
constexpr size_t kMaxSeries = 14;

struct Series {
  std::string name;                ///< name in the key
  std::vector<double> x, y;        ///< of equal size; a number that is not finite leaves a gap
  std::vector<double> error = {};  ///< drawn as bars of y ± error, at the marked points; none where it is not finite
};

struct LinePlot {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  bool log_x = false, log_y = false;
  std::vector<std::string> x_names = {};  ///< labels of x = 0, 1, 2 …; numbers if empty
  std::optional<double> x_mark = {};      ///< position of a vertical dotted line
  bool joined = true;                     ///< points of a series, by lines
  int width = 860, height = 460;          ///< pixels
};

/// Bars side by side: one group for each name, with one bar for each series.
struct BarPlot {
  std::string title, x_label, y_label;
  std::vector<std::string> groups;
  struct Bars {
    std::string name;
    std::vector<double> values;      ///< one for each group; a value that is not finite leaves its place empty
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

/// The SVG text of a figure, `<svg …>` to `</svg>`. Every id in it begins with `id` and "-", so that the ids of several
/// figures on one HTML page do not collide; `id` is a letter, then letters, digits, "-" and "_". Texts are UTF-8 and
/// shown unchanged. Sizes that do not fit, no series or more than kMaxSeries, and a gnuplot that is missing or fails
/// are Errors.
std::string draw(const LinePlot& plot, const std::string& id);
std::string draw(const BarPlot& plot, const std::string& id);
std::string draw(const HeatMap& map, const std::string& id);

/// A PDF file with a page for each of the plots, all of the size of the first.
using Plot = std::variant<LinePlot, HeatMap>;
std::string draw_pdf(const std::vector<Plot>& plots);

/// Stacks figures of equal size, drawn with different ids, into one SVG with the first on top.
std::string above_each_other(const std::vector<std::string>& figures, int width = 860, int height = 460);

}  // namespace rotor
