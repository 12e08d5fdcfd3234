// UpdateGradients: the gradients of an update's batches, which the workers share and add up. Dropout depends only on
// the update and on a batch's place in it, so that any number of workers computes the same gradients.
#pragma once

#include "train/gradient_sum.h"
#include "train/objective.h"
#include "train/options.h"
#include "train/reports.h"

namespace rotor {

class UpdateGradients {
 public:
  /// All arguments must outlive this object.
  UpdateGradients(const OptimizationOptions& options, Objective& objective, ParameterBuffer& parameters,
                  Workers& workers);

  /// Fills the parameters' gradients with the sums over all batches, of which `batch` returns number i of `count`;
  /// returns the sums of their losses. All workers must call it alike.
  LossSums operator()(int64_t update, int64_t count, const std::function<Batch(int64_t i)>& batch);

  /// The place of the first batch whose loss is NaN or infinite; -1 if there is none. All workers must call it alike.
  int64_t first_bad(int64_t count) const;

 private:
  Objective& objective_;
  ParameterBuffer& parameters_;
  Workers& workers_;
  GradientSum sum_;
  uint64_t seed_, dropout_key_;
  bool recomputed_;
  int64_t bad_ = -1;  ///< place among this worker's batches
};

}  // namespace rotor
