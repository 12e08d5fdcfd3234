#include "train/gradient_sum.h"

namespace rotor {

GradientSum::GradientSum(const ParameterBuffer& parameters, Workers& workers, int64_t bucket)
    : parameters_(parameters), workers_(workers) {
  if (workers.size() == 1) return;
  const auto& all = parameters.parameters();
  for (size_t i = 0; i < all.size(); ++i) {
    if (buckets_.empty() || buckets_.back().end - buckets_.back().begin >= bucket) {
      buckets_.push_back({parameters.begin(i), parameters.begin(i), 0});
    }
    Bucket& last = buckets_.back();
    last.end = i + 1 < all.size() ? parameters.begin(i + 1) : parameters.values().elements();
    ++last.parameters;
    Variable variable = all[i].variable;
    variable.on_gradient([this, k = buckets_.size() - 1] { close(k); });
  }
}

GradientSum::~GradientSum() {
  for (const NamedParameter& parameter : parameters_.parameters()) {
    Variable variable = parameter.variable;
    variable.on_gradient(nullptr);
  }
}

void GradientSum::open() {
  for (Bucket& bucket : buckets_) bucket.missing = bucket.parameters;
  left_ = buckets_.size();
  open_ = true;
}

/// One more parameter of the bucket is final.
void GradientSum::close(size_t bucket) {
  if (!open_) return;
  --buckets_[bucket].missing;
  begin_complete();
}

void GradientSum::begin_complete() {
  for (; left_ > 0 && buckets_[left_ - 1].missing <= 0; --left_) {
    const Bucket& bucket = buckets_[left_ - 1];
    workers_.begin_sum(parameters_.gradients().span().subspan(bucket.begin, bucket.end - bucket.begin));
  }
}

void GradientSum::finish() {
  if (!open_) open();  // a worker without a batch
  for (Bucket& bucket : buckets_) bucket.missing = 0;
  begin_complete();
  workers_.finish_sums();
  open_ = false;
}

}  // namespace rotor
