// The report of a comparison: the measurements of its runs, as tables and figures.
#pragma once

#include <string>
#include <vector>

#include "compare/plan.h"
#include "compare/scored_runs.h"
#include "page/page.h"

namespace rotor {

/// Everything that is reported.
struct Comparison {
  const Plan& plan;
  std::vector<TestSet> tests;
  std::vector<Group> groups;  ///< groups of finished runs; none is empty
  struct Unfinished {
    std::string label;
    int64_t seed;
    std::string reason;
  };
  std::vector<Unfinished> unfinished;
  std::string corpus;  ///< description of the corpus
};

Page comparison_page(const Comparison& comparison);

/// Scores, with their spread over seeds and their p-values against the baseline, and losses.
Table quality_table(const Comparison& comparison);

/// Parameters, speeds and memory.
Table cost_table(const Comparison& comparison);

/// A table of every single run; unfinished ones have the reason.
Table run_table(const Comparison& comparison);

/// The validation losses of every run, for the CSV file.
Table curve_table(const Comparison& comparison);

}  // namespace rotor
