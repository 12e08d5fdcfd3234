// Validation of models that predict tokens: the loss of samples that training does not see.
#pragma once

#include "data/batches.h"
#include "train/criterion.h"
#include "train/reports.h"
#include "train/validator.h"

namespace rotor {

class TokenValidator : public Validator {
 public:
  /// The model of the features and the output must outlive this object.
  TokenValidator(Features features, const OutputLayer& output, const Corpus& corpus, const BatchOptions& batches,
                 double label_smoothing);

  /// loss, nll_loss and ppl, of a target token; and where the corpus knows the size of the text that its targets are
  /// of, and no sample is left out, bits_per_character and bits_per_byte.
  Scores operator()(Workers& workers) const override;

  int64_t batches() const override { return batches_.size(); }
  int64_t skipped() const override { return batches_.skipped(); }
  const Samples& samples() const override { return *samples_; }

 protected:
  /// The samples of batch k.
  std::span<const int32_t> batch(int64_t k) const { return batches_[k]; }

 private:
  LossSums loss(Workers& workers) const;

  Features features_;
  const OutputLayer& output_;
  std::unique_ptr<const Samples> samples_;
  Batches batches_;
  double label_smoothing_;
};

}  // namespace rotor
