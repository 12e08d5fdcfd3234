// GradientSum: adds up the gradients of all workers in buckets, from the last parameter to the first, each as soon as
// the backward pass has finished it, so that the network transfers them while the earlier layers are still being
// computed (Li et al. 2020, "PyTorch Distributed"). All workers begin the buckets in the same order, whatever batches
// they have.
#pragma once

#include <vector>

#include "train/parameter_buffer.h"
#include "train/workers.h"

namespace rotor {

class GradientSum {
 public:
  /// A bucket ends with the parameter that brings it to `bucket` numbers or more.
  GradientSum(const ParameterBuffer& parameters, Workers& workers, int64_t bucket = int64_t{4} << 20);
  ~GradientSum();
  GradientSum(const GradientSum&) = delete;
  GradientSum& operator=(const GradientSum&) = delete;

  /// Declares that the next backward pass is this worker's last of the update, so that the gradients it finishes are
  /// final.
  void open();

  /// Begins the remaining buckets, and returns when every gradient is the sum over all workers.
  void finish();

 private:
  struct Bucket {
    int64_t begin, end;   ///< range in the buffer of gradients
    int64_t parameters;   ///< number of parameters in the bucket
    int64_t missing = 0;  ///< number of its parameters still missing in this update
  };
  void close(size_t bucket);
  void begin_complete();

  const ParameterBuffer& parameters_;
  Workers& workers_;
  std::vector<Bucket> buckets_;  ///< from the first parameter to the last
  size_t left_ = 0;              ///< number of buckets not begun in this update, which are the first ones
  bool open_ = false;
};

}  // namespace rotor
