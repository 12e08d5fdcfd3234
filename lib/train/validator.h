// Validation: the loss on a corpus that training does not see.
#pragma once

#include "data/batches.h"
#include "model/transformer.h"
#include "train/reports.h"
#include "train/workers.h"

namespace rotor {

class Validator {
 public:
  /// The workers share the batches. Everything given must outlive this.
  Validator(const Transformer& model, const Corpus& corpus, const BatchOptions& batches, double label_smoothing,
            Workers& workers);

  /// For all workers to call alike; the same sums in each.
  LossSums loss() const;

  const Corpus& corpus() const { return corpus_; }
  int64_t batches() const { return batches_.size(); }

 private:
  const Transformer& model_;
  const Corpus& corpus_;
  Batches batches_;
  double label_smoothing_;
  Workers& workers_;
};

}  // namespace rotor
