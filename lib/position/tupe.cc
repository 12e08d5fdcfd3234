#include "position/tupe.h"

#include <cmath>
#include <numbers>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "position/buckets.h"
#include "position/learned.h"

namespace rotor {
namespace {

class Tupe : public PositionEncoding {
 public:
  Tupe(Buckets buckets, const PositionOptions& options, const StackSizes& sizes)
      : heads_(sizes.heads),
        scale_(1 / std::sqrt(2 * static_cast<float>(sizes.head_width()))),
        buckets_(std::move(buckets)),
        positions_(parameter("positions", {options.max_positions, sizes.width}, table_start(sizes.width))),
        query_projection_(parameter("query_projection", {sizes.width, sizes.width}, projection_start(sizes.width))),
        key_projection_(parameter("key_projection", {sizes.width, sizes.width}, projection_start(sizes.width))),
        bias_(parameter("bias", {options.t5_buckets, sizes.heads}, table_start(sizes.width))) {}

  int64_t max_positions() const override { return positions_.size(0); }

  Variable on_queries(const Variable& q, Range) const override { return scale(q, std::numbers::sqrt2_v<float> / 2); }

  Variable on_scores(const Variable& scores, const Variable&, const Variable&, Range queries,
                     Range keys) const override {
    const Variable q = scale(heads_of(query_projection_, fixed_queries_, queries), scale_);
    const Variable k = heads_of(key_projection_, fixed_keys_, keys);
    const Variable positions = matmul(q, transpose(k, 1, 2));  // [H,Tq,Tk]
    return add_bucket_bias(add(scores, positions), bias_, buckets_, queries, keys);
  }

  Touches touches() const override { return {.heads = true, .scores = true}; }

 protected:
  /// Projects all positions once.
  void prepare_own(WeightType, const WeightSource&) override {
    const NoGrad no_grad;
    fixed_queries_ = linear(positions_, query_projection_, Variable()).value();
    fixed_keys_ = linear(positions_, key_projection_, Variable()).value();
  }

 private:
  static Initialiser table_start(int64_t width) { return normal(1 / std::sqrt(static_cast<double>(width))); }
  static Initialiser projection_start(int64_t width) { return xavier_uniform(width, width); }

  /// U P for the positions `at`, split into heads: [H,T,d]; `fixed` holds it for all positions, or nothing.
  Variable heads_of(const Variable& matrix, const Tensor& fixed, Range at) const {
    const bool known = fixed.defined() && at.end() <= max_positions();  // learned_positions() refuses others
    const Variable projected = known ? Variable(fixed.narrow(0, at.begin, at.size))
                                     : linear(learned_positions(positions_, at), matrix, Variable());
    return transpose(reshape(projected, {at.size, heads_, -1}), 0, 1);
  }

  int64_t heads_;
  float scale_;
  Buckets buckets_;
  Variable positions_, query_projection_, key_projection_, bias_;
  Tensor fixed_queries_, fixed_keys_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_tupe(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Tupe>(make_buckets(options, sizes), options, sizes);
}

}  // namespace rotor
