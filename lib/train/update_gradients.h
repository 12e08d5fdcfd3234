// UpdateGradients: the gradients of an update's batches, which the workers share and add up. Dropout depends on the
// update and on a batch's place in it alone, so that any number of workers computes the same.
#pragma once

#include "train/criterion.h"
#include "train/gradient_sum.h"
#include "train/reports.h"

namespace rotor {

class UpdateGradients {
 public:
  /// Everything given must outlive this.
  UpdateGradients(const OptimizationOptions& options, const Transformer& model, const ParameterBuffer& parameters,
                  Workers& workers);

  /// Fills the parameters' gradients with the sums over all batches, of which `batch` gives number i of `count`; the
  /// sums of their losses. For all workers to call alike.
  LossSums operator()(int64_t update, int64_t count, const std::function<Batch(int64_t i)>& batch);

  /// After losses that are no number, the place of the first batch among them; -1 if there is none. For all workers to
  /// call alike.
  int64_t first_bad(int64_t count) const;

 private:
  const Transformer& model_;
  const ParameterBuffer& parameters_;
  Workers& workers_;
  GradientSum sum_;
  Criterion criterion_;
  uint64_t dropout_key_;
  bool recomputed_;
  int64_t bad_ = -1;  ///< of this worker's
};

}  // namespace rotor
