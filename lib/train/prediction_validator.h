// Validation of models of whole sentences, which rotor-evaluate uses too.
#pragma once

#include <string>
#include <vector>

#include "train/sample_scores.h"
#include "train/validator.h"

namespace rotor {

/// The metrics that fit what a model predicts, "loss" first.
std::vector<std::string> metrics_of(const TransformerOptions& model);

/// The loss, in bits a sample of classes and candidates, and the metrics that fit, of samples that have labels and were
/// scored. None of these is an Error.
Scores prediction_scores(const TransformerOptions& model, const SampleScores& predictions,
                         std::span<const float> labels);

class PredictionValidator : public Validator {
 public:
  /// The model must outlive this object. A corpus without labels, or with other classes than the model has, is an
  /// Error.
  PredictionValidator(const Classifier& model, const Corpus& corpus, const BatchOptions& batches);

  Scores operator()(Workers& workers) const override;

  int64_t batches() const override { return batches_.size(); }
  int64_t skipped() const override { return batches_.skipped(); }
  const Samples& samples() const override { return *samples_; }

 private:
  const Classifier& model_;
  std::unique_ptr<const Samples> samples_;
  Batches batches_;
};

/// Refuses, as an Error, a corpus of pairs, or of candidates with their context, for a model of one token type.
void check_texts(const TransformerOptions& model, const Corpus& corpus);

/// Refuses, as an Error, a corpus whose labels are not those that a model predicts.
void check_labels(const TransformerOptions& model, const Corpus& corpus);

/// Refuses both: rows that a model can neither be trained nor validated on.
void check_rows(const TransformerOptions& model, const Corpus& corpus);

}  // namespace rotor
