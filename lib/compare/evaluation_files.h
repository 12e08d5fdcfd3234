// What rotor-evaluate leaves of a test, read for a comparison.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "compare/scored_runs.h"
#include "score/metric.h"

namespace rotor {

/// The losses of numbered parts, samples, documents or positions, as TokenLoss statistics.
Statistics read_losses(const std::filesystem::path& path);

/// The numbers of a file that --stats wrote.
std::map<std::string, double> read_scores(const std::filesystem::path& path);

/// A number of the first test, from read_scores(); unknown where it has none.
std::function<double(const ScoredRun&)> told(const std::string& name);

double best_validation_loss(const ScoredRun& run);

}  // namespace rotor
