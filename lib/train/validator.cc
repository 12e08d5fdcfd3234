#include "train/validator.h"

#include "train/criterion.h"

namespace rotor {

Validator::Validator(const Transformer& model, const Corpus& corpus, const BatchOptions& batches,
                     double label_smoothing, Workers& workers)
    : model_(model), corpus_(corpus), batches_(corpus, batches), label_smoothing_(label_smoothing), workers_(workers) {}

LossSums Validator::loss() const {
  const NoGrad no_grad;
  LossSums sums;
  for (int64_t k = workers_.rank(); k < batches_.size(); k += workers_.size()) {
    const Batch batch = make_batch(corpus_, batches_[k]);
    const Loss loss = label_smoothed_cross_entropy(model_, batch, label_smoothing_);
    sums.add(loss.loss.value().item(), loss.nll, batch.target_tokens);
  }
  return sums.over(workers_);
}

}  // namespace rotor
