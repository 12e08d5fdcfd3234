#include "train/update_gradients.h"

#include <cmath>

#include "base/random.h"

namespace rotor {

UpdateGradients::UpdateGradients(const OptimizationOptions& options, Objective& objective, ParameterBuffer& parameters,
                                 Workers& workers)
    : objective_(objective),
      parameters_(parameters),
      workers_(workers),
      sum_(parameters, workers),
      seed_(static_cast<uint64_t>(options.seed)),
      dropout_key_(derive(seed_, "dropout")),
      recomputed_(options.checkpoint_activations) {}

LossSums UpdateGradients::operator()(int64_t update, int64_t count, const std::function<Batch(int64_t i)>& batch) {
  const uint64_t key = derive(dropout_key_, static_cast<uint64_t>(update));
  objective_.module().begin_update(seed_, update);
  parameters_.zero_gradients();
  LossSums sums{.unit = objective_.loss_unit()};
  bad_ = -1;
  for (int64_t i = workers_.rank(); i < count; i += workers_.size()) {
    seed_random_operators(derive(key, static_cast<uint64_t>(i)));
    const Batch mine = batch(i);
    const BatchLoss loss = objective_.loss(mine);
    // Layers that are computed again finish the parameters they share one by one: what is final shows at the end only.
    if (i + workers_.size() >= count && !recomputed_) sum_.open();
    backward(loss.loss);
    const double value = loss.loss.value().item();
    if (!std::isfinite(value) && bad_ < 0) bad_ = i;
    sums.add(value, loss.nll, loss.targets, loss.tokens);
  }
  sum_.finish();
  return sums.over(workers_);
}

int64_t UpdateGradients::first_bad(int64_t count) const {
  const int64_t from_end = workers_.highest(bad_ < 0 ? 0 : count - bad_);
  return from_end == 0 ? -1 : count - from_end;
}

}  // namespace rotor
