#include "compare/sampled_score.h"

#include "page/statistics.h"

namespace rotor {
namespace {

/// Statistics summed over seeds.
Statistics pooled(const SeedTests& tests, size_t place) {
  Statistics sum = tests.at(0)->statistics.at(place);
  for (size_t t = 1; t < tests.size(); ++t) {
    const Statistics& more = tests[t]->statistics.at(place);
    for (size_t i = 0; i < sum.segments(); ++i) {
      for (size_t k = 0; k < sum.width(); ++k) sum.row(i)[k] += more.row(i)[k];
    }
  }
  return sum;
}

}  // namespace

double CountedScore::of(const ScoredTest& test) const {
  const Statistics& counted = test.statistics.at(statistics);
  return counted.segments() == 0 ? kUnknown : score->score(counted.sum());
}

double CountedScore::of_seeds(const SeedTests& tests) const {
  return score->score(pooled(tests, statistics).sum());
}

std::vector<double> CountedScore::of_resamples(const SeedTests& tests, const Resamples& resamples) const {
  return resamples.scores(*score, pooled(tests, statistics));
}

double JudgedScore::of_seeds(const SeedTests& tests) const {
  double sum = 0;
  for (const ScoredTest* test : tests) sum += metric_.score(test->judged.value(), {});
  return sum / static_cast<double>(tests.size());
}

std::vector<double> JudgedScore::of_resamples(const SeedTests& tests, const Resamples& resamples) const {
  return resamples.scores([&](RowCounts counts) {
    double sum = 0;
    for (const ScoredTest* test : tests) sum += metric_.score(test->judged.value(), counts);
    return sum / static_cast<double>(tests.size());
  });
}

}  // namespace rotor
