// The learning curves of a comparison: validation losses against updates and against time, as figures and as a table.
#pragma once

#include "compare/comparison.h"

namespace rotor {

/// Adds the section of the curves.
void add_curves(const Comparison& comparison, Page& page);

/// The validation losses of every run, for the CSV file.
Table curve_table(const Comparison& comparison);

}  // namespace rotor
