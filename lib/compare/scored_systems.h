// The numbers behind a detailed score report: the score of each sentence, and the sentences with sources of similar
// length.
#pragma once

#include <string>
#include <vector>

#include "compare/test_sets.h"
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

/// The sentences whose sources have a number of words within a range.
struct SentenceBucket {
  LengthBucket range;
  std::vector<size_t> sentences;  ///< never empty
  double mean_words = 0;
};
std::vector<SentenceBucket> bucket_sentences(const Segments& sources, const std::vector<int64_t>& edges);

/// The `count` sentences with the smallest values, in rising order.
std::vector<size_t> least(const std::vector<double>& values, int64_t count);

}  // namespace rotor
