#include "score/hierarchical_bootstrap.h"

#include "base/check.h"

namespace rotor {

std::vector<double> hierarchical_scores(const CorpusScore& metric, std::span<const Statistics* const> runs,
                                        const Resamples& resamples, uint64_t seed) {
  ROTOR_CHECK(!runs.empty(), "expected at least one run to resample, got none");
  if (runs.size() == 1) return resamples.scores(metric, *runs[0]);
  std::vector<std::vector<double>> sums;
  for (const Statistics* run : runs) sums.push_back(resamples.sums(*run));

  NumpyRandom random(seed);
  const size_t width = metric.width();
  std::vector<double> scores(sums[0].size() / width), drawn(width);
  for (size_t r = 0; r < scores.size(); ++r) {
    std::fill(drawn.begin(), drawn.end(), 0);
    for (size_t draw = 1; draw < runs.size(); ++draw) {
      const double* run = &sums[random.below(static_cast<uint32_t>(runs.size()))][r * width];
      for (size_t k = 0; k < width; ++k) drawn[k] += run[k];
    }
    scores[r] = metric.score(drawn);
  }
  return scores;
}

}  // namespace rotor
