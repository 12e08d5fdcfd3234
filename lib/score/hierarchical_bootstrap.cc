#include "score/hierarchical_bootstrap.h"

#include "base/check.h"

namespace rotor {

std::vector<double> mean_scores(std::span<const std::vector<double>> of_runs, uint64_t seed) {
  ROTOR_CHECK(!of_runs.empty(), "expected at least one run to resample, got none");
  const auto runs = static_cast<uint32_t>(of_runs.size()), draws = std::max(runs - 1, 1U);
  NumpyRandom random(seed);
  std::vector<double> means(of_runs[0].size());
  for (size_t r = 0; r < means.size(); ++r) {
    for (uint32_t draw = 0; draw < draws; ++draw) means[r] += of_runs[random.below(runs)].at(r) / draws;
  }
  return means;
}

}  // namespace rotor
