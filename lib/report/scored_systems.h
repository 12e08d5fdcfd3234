// The numbers behind a closer look at systems: what each sentence scores, and which sentences have sources of like
// length.
#pragma once

#include <string>
#include <vector>

#include "report/test_sets.h"
#include "score/evaluate.h"

namespace rotor {

/// One system's translations under BLEU and chrF, with the options given for them.
struct ScoredSystem {
  std::string name;
  Statistics bleu, chrf;                             ///< a row a sentence
  std::vector<double> sentence_bleu, sentence_chrf;  ///< as --sentence-level
};

struct ScoredSystems {
  std::unique_ptr<Metric> bleu, chrf;
  std::vector<ScoredSystem> systems;
};
ScoredSystems score_systems(const ScoreOptions& options, const Texts& texts);

/// A metric of some sentences.
double score_of(const Metric& metric, const Statistics& statistics, const std::vector<size_t>& sentences);

/// The sentences whose sources have so many words.
struct SentenceBucket {
  LengthBucket range;
  std::vector<size_t> sentences;  ///< never empty
  double mean_words = 0;
};
std::vector<SentenceBucket> bucket_sentences(const Segments& sources, const std::vector<int64_t>& edges);

/// The `count` sentences with the least values, the least first.
std::vector<size_t> least(const std::vector<double>& values, int64_t count);

}  // namespace rotor
