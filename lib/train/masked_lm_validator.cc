#include "train/masked_lm_validator.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "autograd/losses.h"

namespace rotor {

MaskedLmValidator::MaskedLmValidator(const MaskedLanguageModel& model, const Corpus& corpus,
                                     const BatchOptions& batches, const Vocabularies& vocabularies)
    : model_(model), samples_(make_samples(corpus, batches, vocabularies)), batches_(*samples_, batches) {}

Scores MaskedLmValidator::operator()(Workers& workers) const {
  const NoGrad no_grad;
  double sums[] = {0, 0, 0};  // nats, right guesses, tokens
  for (int64_t k = workers.rank(); k < batches_.size(); k += workers.size()) {
    const Batch batch = samples_->batch(batches_[k]);
    const Tensor features = model_.features(batch.source, batch.places).value();
    const Guesses found = guesses(batch.target.packed(), [&](int64_t first, int64_t count) {
      return model_.output()(features.narrow(0, first, count)).value();
    });
    sums[0] -= found.log_likelihood;
    sums[1] += static_cast<double>(found.right);
    sums[2] += static_cast<double>(batch.target_tokens);
  }
  workers.sum(sums);
  const double nats = sums[0] / sums[2];
  return {{"loss", nats / std::numbers::ln2},
          {"loss_nats", nats},
          {"ppl", std::exp(nats)},
          {"accuracy", sums[1] / sums[2]}};
}

int64_t MaskedLmValidator::hidden() const {
  int64_t hidden = 0;
  for (int64_t k = 0; k < batches_.size(); ++k) hidden += samples_->batch(batches_[k]).target_tokens;
  return hidden;
}

}  // namespace rotor
