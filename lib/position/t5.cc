#include "position/t5.h"

#include <cmath>

#include "position/buckets.h"

namespace rotor {
namespace {

class T5 : public PositionEncoding {
 public:
  T5(Buckets buckets, const PositionOptions& options, const StackSizes& sizes)
      : buckets_(std::move(buckets)),
        bias_(parameter("bias", {options.t5_buckets, sizes.heads},
                        normal(1 / std::sqrt(static_cast<double>(sizes.width))))) {}

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    return add_bucket_bias(scores, bias_, buckets_, queries, keys);
  }

  Touches touches() const override { return {.scores = true}; }

 private:
  Buckets buckets_;
  Variable bias_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_t5(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<T5>(make_buckets(options, sizes), options, sizes);
}

}  // namespace rotor
