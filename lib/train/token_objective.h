// TokenObjective: what the objectives of models that predict tokens have in common: label-smoothed cross-entropy or
// R-Drop (train/criterion.h), divided by the number of target tokens, and a validation of the same loss.
#pragma once

#include "train/criterion.h"
#include "train/model_objective.h"

namespace rotor {

class TokenObjective : public ModelObjective {
 public:
  BatchLoss loss(const Batch& batch) const override;
  std::vector<std::string> metrics() const override { return {"loss"}; }
  std::unique_ptr<Validator> validator(const BatchOptions& batches) const override;

 protected:
  using ModelObjective::ModelObjective;

  virtual Features features(Activations activations) const = 0;
};

}  // namespace rotor
