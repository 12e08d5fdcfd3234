// The report of a comparison: the measurements of its runs, as tables and figures.
#pragma once

#include "compare/comparison.h"

namespace rotor {

Page comparison_page(const Comparison& comparison);

/// Parameters, speeds and memory.
Table cost_table(const Comparison& comparison);

/// A table of every single run; unfinished ones have the reason.
Table run_table(const Comparison& comparison);

}  // namespace rotor
