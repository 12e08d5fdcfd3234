// What a comparison says of lengths: scores by the length of the source, and where lengths were tested that training
// has not seen, the losses of the references too.
#pragma once

#include "report/comparison_page.h"
#include "report/figure.h"

namespace rotor {

/// Adds the section on the test set's lengths to a page.
void add_lengths(const Comparison& comparison, Page& page);

/// Adds the section on lengths that training has not seen, of all test sets.
void add_extrapolation(const Comparison& comparison, Page& page);

/// Adds figures of line plots, kMaxSeries lines at most in each.
void add_figures(LinePlot plot, const std::string& name, const std::string& caption, Page& page);

/// What the caption of a figure says of its error bars; nothing if no encoding has several seeds.
std::string spread_caption(const Comparison& comparison);

/// A number in a cell: empty if it is not known.
std::string cell(double number, int decimals);

}  // namespace rotor
