// Scores of tests that can be computed of resamples of their segments too, which says how sure they are: those that are
// functions of sums, as BLEU and the loss, and metrics of predictions, as Spearman's correlation, that are not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "score/prediction_metrics.h"
#include "score/significance.h"

namespace rotor {

/// The results of one run in one test.
struct ScoredTest {
  std::vector<Statistics> statistics;         ///< of each score of the comparison's kind: a row for each segment
  std::map<std::string, double> scores = {};  ///< numbers of the whole test that no statistics give
  std::optional<JudgedRows> judged = {};      ///< what was predicted of each row, if that is the test
};

/// Tests of several seeds on the same segments.
using SeedTests = std::vector<const ScoredTest*>;

class SampledScore {
 public:
  virtual ~SampledScore() = default;

  /// The number of segments of a test.
  virtual size_t segments(const ScoredTest& test) const = 0;

  /// The score of the tests of several seeds, at least one.
  virtual double of_seeds(const SeedTests& tests) const = 0;

  /// The same of each resample of the segments, of which there must be as many.
  virtual std::vector<double> of_resamples(const SeedTests& tests, const Resamples& resamples) const = 0;
};

/// A score as a function of sums, and which of a test's statistics are its own. Of several seeds, a segment's
/// statistics are summed.
class CountedScore : public SampledScore {
 public:
  explicit(false) CountedScore(const CorpusScore* score, size_t place = 0) : score(score), statistics(place) {}

  /// The score of a whole test; NaN if it has no segments.
  double of(const ScoredTest& test) const;

  size_t segments(const ScoredTest& test) const override { return test.statistics.at(statistics).segments(); }
  double of_seeds(const SeedTests& tests) const override;
  std::vector<double> of_resamples(const SeedTests& tests, const Resamples& resamples) const override;

  const CorpusScore* score;
  size_t statistics;
};

/// A metric of predictions; of several seeds, the mean.
class JudgedScore : public SampledScore {
 public:
  explicit JudgedScore(const PredictionMetric& metric) : metric_(metric) {}

  size_t segments(const ScoredTest& test) const override { return test.judged.value().size(); }
  double of_seeds(const SeedTests& tests) const override;
  std::vector<double> of_resamples(const SeedTests& tests, const Resamples& resamples) const override;

 private:
  const PredictionMetric& metric_;
};

}  // namespace rotor
