// The parts of a comparison's report about lengths: scores by the length of the source, and also the losses of the
// references if lengths were tested that training has not seen.
#pragma once

#include "compare/comparison_page.h"
#include "page/figure.h"

namespace rotor {

/// Adds the section on the test set's lengths to a page.
void add_lengths(const Comparison& comparison, Page& page);

/// Adds the section on lengths that training has not seen, of all test sets.
void add_extrapolation(const Comparison& comparison, Page& page);

/// Adds figures of line plots, with at most kMaxSeries lines in each.
void add_figures(LinePlot plot, const std::string& name, const std::string& caption, Page& page);

/// The part of a figure's caption about its error bars; empty if no encoding has several seeds.
std::string spread_caption(const Comparison& comparison);

/// A number as the text of a cell, which is empty if the number is unknown.
std::string cell(double number, int decimals);

}  // namespace rotor
