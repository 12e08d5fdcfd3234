#include "position/buckets.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "autograd/layers.h"
#include "base/option_text.h"
#include "position/distance.h"

namespace rotor {
namespace {

/// The smallest whole a >= exact of E + trunc(ln(a/E) / ln(M/E) · wide) = E + step: a^wide · E^step >= M^step · E^wide.
/// If both sides are equal, for example at powers of two, rounding must not decide: a slightly smaller number counts as
/// equal.
int64_t first_of(int64_t step, int64_t wide, int64_t exact, int64_t max_distance) {
  constexpr double kHair = 1e-9;
  const auto one = static_cast<double>(exact);
  const double target = static_cast<double>(step) * std::log(static_cast<double>(max_distance) / one) - kHair;
  auto reaches = [&](int64_t a) {
    return static_cast<double>(wide) * std::log(static_cast<double>(a) / one) >= target;
  };
  auto a = static_cast<int64_t>(one * std::exp(target / static_cast<double>(wide)));
  while (!reaches(a)) ++a;
  while (a > exact && reaches(a - 1)) --a;
  return a;
}

}  // namespace

Buckets::Buckets(int64_t count, int64_t max_distance, bool one_sided)
    : side_(one_sided ? count : count / 2), one_sided_(one_sided) {
  const int64_t exact = side_ / 2, wide = side_ - exact;
  for (int64_t bucket = 1; bucket < side_; ++bucket) {
    starts_.push_back(bucket <= exact ? bucket : first_of(bucket - exact, wide, exact, max_distance));
  }
}

int64_t Buckets::operator()(int64_t distance) const {
  const int64_t first = !one_sided_ && distance > 0 ? side_ : 0;
  const int64_t size = one_sided_ ? std::max<int64_t>(-distance, 0) : std::abs(distance);
  return first + (std::upper_bound(starts_.begin(), starts_.end(), size) - starts_.begin());
}

void check_buckets(const PositionOptions& options, const StackSizes&, const std::string& /*name*/) {
  require(options.t5_buckets % 2 == 0, "--t5-buckets expects an even number, got {}", options.t5_buckets);
  require(options.max_distance > options.t5_buckets / 2,
          "expected --max-distance above half of --t5-buckets, {}, since so many distances have a bucket each; got {}",
          options.t5_buckets / 2, options.max_distance);
}

Buckets make_buckets(const PositionOptions& options, const StackSizes& sizes) {
  check_buckets(options, sizes, options.encoding);
  return {options.t5_buckets, options.max_distance, sizes.causal};
}

Variable add_bucket_bias(const Variable& scores, const Variable& table, const Buckets& buckets, Range queries,
                         Range keys) {
  const RelativeIndex index = index_by_distance(queries, keys, buckets);
  return add_distance_bias(scores, embedding(table, index.columns, 1, -1));
}

}  // namespace rotor
