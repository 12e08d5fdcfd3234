#include "train/token_validator.h"

#include <numbers>

namespace rotor {
namespace {

BatchOptions without_dropout(BatchOptions batches) {
  batches.bpe_dropout = 0;
  return batches;
}

}  // namespace

TokenValidator::TokenValidator(Features features, const OutputLayer& output, const Corpus& corpus,
                               const BatchOptions& batches, double label_smoothing)
    : features_(std::move(features)),
      output_(output),
      samples_(make_samples(corpus, without_dropout(batches))),
      batches_(*samples_, batches),
      label_smoothing_(label_smoothing) {}

Scores TokenValidator::operator()(Workers& workers) const {
  const NoGrad no_grad;
  const LossSums sums = loss(workers);
  Scores scores = sums.scores();
  const std::optional<TextSize>& text = samples_->corpus().columns().back().text_size();
  if (!text || skipped() > 0) return scores;
  const double bits = sums.nll / std::numbers::ln2;
  scores.push_back({"bits_per_character", bits / static_cast<double>(text->characters)});
  scores.push_back({"bits_per_byte", bits / static_cast<double>(text->bytes)});
  return scores;
}

LossSums TokenValidator::loss(Workers& workers) const {
  LossSums sums;
  for (int64_t k = workers.rank(); k < batches_.size(); k += workers.size()) {
    const Batch batch = samples_->batch(batches_[k]);
    const Loss loss = label_smoothed_cross_entropy(features_, output_, batch, label_smoothing_);
    sums.add(loss.loss.value().item(), loss.nll, batch.target_tokens, batch.target_tokens);
  }
  return sums.over(workers);
}

}  // namespace rotor
