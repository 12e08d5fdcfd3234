// Validation: the loss on a corpus that training does not see, and with --eval-bleu the BLEU of its translations, by
// beam search with the current weights. References are the corpus's text; of one that holds none its ids as text, with
// a warning: normalised as the vocabulary normalises, and without words it does not know.
#pragma once

#include <optional>

#include "data/batches.h"
#include "data/corpus_folder.h"
#include "model/model_file.h"
#include "search/options.h"
#include "train/options.h"
#include "train/reports.h"
#include "train/workers.h"

namespace rotor {

struct ValidationScores {
  LossSums sums;
  std::optional<double> bleu;  ///< 0 … 100
};

class Validator {
 public:
  /// The workers share the batches. All arguments must outlive this object. Unusable --eval-bleu-args are an Error.
  Validator(const Transformer& model, const VocabularyBytes& vocabulary, const Corpus& corpus,
            const BatchOptions& batches, const TrainerOptions& options, Workers& workers);

  /// All workers must call it alike; each gets the same scores.
  ValidationScores operator()() const;

  const Corpus& corpus() const { return corpus_; }
  int64_t batches() const { return batches_.size(); }
  /// Pairs left out because one side has more tokens than the positions allow.
  int64_t skipped() const { return batches_.skipped(); }

 private:
  LossSums loss() const;
  double bleu() const;

  const Transformer& model_;
  const Corpus& corpus_;
  Batches batches_;
  double label_smoothing_;
  Workers& workers_;
  std::optional<Vocabularies> vocabularies_;  ///< only if validation translates
  SearchOptions search_;
};

}  // namespace rotor
