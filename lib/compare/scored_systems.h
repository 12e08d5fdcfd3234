// The numbers behind a detailed score report: the score of each sentence, and of some of them.
#pragma once

#include <string>
#include <vector>

#include "score/evaluate.h"

namespace rotor {

/// One system's translations under BLEU and chrF, with the options given for them.
struct ScoredSystem {
  std::string name;
  Statistics bleu, chrf;                             ///< one row for each sentence
  std::vector<double> sentence_bleu, sentence_chrf;  ///< scores as by --sentence-level
};

struct ScoredSystems {
  std::unique_ptr<Metric> bleu, chrf;
  std::vector<ScoredSystem> systems;
};
ScoredSystems score_systems(const ScoreOptions& options, const Texts& texts);

/// The score of a metric for some sentences.
double score_of(const Metric& metric, const Statistics& statistics, const std::vector<size_t>& sentences);

/// The `count` sentences with the smallest values, in rising order.
std::vector<size_t> least(const std::vector<double>& values, int64_t count);

}  // namespace rotor
