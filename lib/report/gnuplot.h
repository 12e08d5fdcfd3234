// The one place that runs gnuplot: a script in; out comes SVG text that can stand inside an HTML page, or a PDF file.
// Both are the same from run to run, the SVG also from one version of gnuplot's to the next where they draw alike.
#pragma once

#include <string>
#include <vector>

namespace rotor {

/// `text` as a gnuplot string that nothing inside can end, expand or format: control characters become spaces. Text
/// that is not UTF-8 is an Error.
std::string gnuplot_string(const std::string& text);

struct Canvas {
  std::string title;  ///< what the SVG is called by those who cannot see it
  std::string id;     ///< what every id in the SVG begins with
  int width = 0, height = 0;
};

/// Runs a gnuplot script (data in its own blocks) on an SVG terminal. Errors name the package if gnuplot is missing,
/// and gnuplot's complaint if it fails.
std::string draw_with_gnuplot(const std::string& script, const Canvas& canvas);

/// The bytes of a PDF file with a page for each script, all of one size at 96 pixels an inch. Errors as above.
std::string draw_pdf_with_gnuplot(const std::vector<std::string>& scripts, int width, int height);

}  // namespace rotor
