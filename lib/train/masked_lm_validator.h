// Validation of masked language models, which rotor-evaluate uses too: how well hidden tokens are predicted. They
// depend on the seed of the batches alone.
#pragma once

#include "data/batches.h"
#include "model/masked_language_model.h"
#include "train/validator.h"

namespace rotor {

class MaskedLmValidator : public Validator {
 public:
  /// The model must outlive this object.
  MaskedLmValidator(const MaskedLanguageModel& model, const Corpus& corpus, const BatchOptions& batches,
                    const Vocabularies& vocabularies);

  /// Of a hidden token: loss in bits, loss_nats, ppl, and accuracy, the share of tokens whose score is the highest.
  Scores operator()(Workers& workers) const override;

  int64_t batches() const override { return batches_.size(); }
  int64_t skipped() const override { return batches_.skipped(); }
  const Samples& samples() const override { return *samples_; }

  /// Batch k as the model reads it.
  Batch batch(int64_t k) const { return samples_->batch(batches_[k]); }

  /// The number of tokens hidden in all samples.
  int64_t hidden() const;

 private:
  const MaskedLanguageModel& model_;
  std::unique_ptr<const Samples> samples_;
  Batches batches_;
};

}  // namespace rotor
