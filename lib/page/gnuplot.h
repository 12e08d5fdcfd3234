// The only place that runs gnuplot: it takes a script, and returns SVG text for use inside an HTML page, or a PDF file.
// Both are the same from run to run, the SVG also from one version of gnuplot's to the next where they draw alike; but
// since 1.18 cairo hides the date of a PDF in a compressed part of it.
#pragma once

#include <string>
#include <vector>

namespace rotor {

/// Quotes `text` as a gnuplot string whose contents can neither end it nor be expanded or formatted: control characters
/// become spaces. Text that is not UTF-8 is an Error.
std::string gnuplot_string(const std::string& text);

struct Canvas {
  std::string title;  ///< title of the SVG for screen readers
  std::string id;     ///< prefix of every id in the SVG
  int width = 0, height = 0;
};

/// Runs a gnuplot script (data in its own blocks) on an SVG terminal. Errors name the package if gnuplot is missing,
/// and gnuplot's complaint if it fails.
std::string draw_with_gnuplot(const std::string& script, const Canvas& canvas);

/// The bytes of a PDF file with a page for each script, all of one size at 96 pixels an inch. Errors as above.
std::string draw_pdf_with_gnuplot(const std::vector<std::string>& scripts, int width, int height);

}  // namespace rotor
