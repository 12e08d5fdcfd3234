// The table of a comparison's scores: the kind's measures with their spread over seeds and their p-values against the
// baseline, and validation losses at equal cost.
#pragma once

#include "compare/comparison.h"

namespace rotor {

Table quality_table(const Comparison& comparison);

/// A figure with a point for each encoding of each measure that has one.
void add_measure_figures(const Comparison& comparison, Page& page);

}  // namespace rotor
