// Comparisons of several machines in one report: --merge takes the finished runs of other output folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compare/runner.h"

namespace rotor {

/// Copies the finished runs of other comparisons of the same plan into its own folder; a run appears there when it is
/// complete, and one that is there already stays, as does the first of those that several folders have. It is an Error,
/// before anything is copied, if a folder has no runs, or one of another configuration, or if two machines made the
/// same run with different results; their speeds may differ.
void merge_runs(const Plan& plan, const ComparisonKind& kind, const Runner& runner,
                const std::vector<std::string>& outputs);

}  // namespace rotor
