#include "position/transformer_xl.h"

#include <cmath>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "position/distance.h"
#include "position/sinusoidal.h"

namespace rotor {
namespace {

/// x [B,H,T,d] + bias [H,d].
Variable add_to_heads(const Variable& x, const Variable& bias) {
  return transpose(add(transpose(x, 1, 2), bias), 1, 2);
}

class TransformerXl : public PositionEncoding {
 public:
  TransformerXl(int64_t width, int64_t heads)
      : width_(width),
        heads_(heads),
        key_projection_(parameter("key_projection", {width, width}, xavier_uniform(width, width))),
        content_bias_(parameter("content_bias", {heads, width / heads}, zeros())),
        position_bias_(parameter("position_bias", {heads, width / heads}, zeros())) {}

  /// q + u, so that the product with the keys has both.
  Variable on_queries(const Variable& q, Range) const override { return add_to_heads(q, scaled(content_bias_)); }

  Variable on_scores(const Variable& scores, const Variable& q, const Variable&, Range queries,
                     Range keys) const override {
    const Variable v_minus_u = add(scaled(position_bias_), scale(scaled(content_bias_), -1));
    const Variable products = multiply_heads(add_to_heads(q, v_minus_u), distance_keys(queries, keys));
    const int64_t last = last_distance(queries, keys);
    return add(scores, take_relative(products, index_by_distance(queries, keys, [=](int64_t d) { return last - d; })));
  }

  Touches touches() const override { return {.heads = true, .scores = true}; }

 private:
  /// The bias scaled like q, to which it is added.
  Variable scaled(const Variable& bias) const {
    return scale(bias, 1 / std::sqrt(static_cast<float>(width_) / static_cast<float>(heads_)));
  }

  /// W̃_k R_r for every distance r = m − n, from the smallest: [H, distances, d].
  Variable distance_keys(Range queries, Range keys) const {
    const Range distances{-last_distance(queries, keys), queries.size + keys.size - 1};
    const Variable projected = linear(sinusoids(distances, width_), key_projection_, Variable());
    return transpose(reshape(projected, {distances.size, heads_, -1}), 0, 1);
  }

  int64_t width_, heads_;
  Variable key_projection_, content_bias_, position_bias_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_transformer_xl(const PositionOptions&, const StackSizes& sizes) {
  return std::make_unique<TransformerXl>(sizes.width, sizes.heads);
}

}  // namespace rotor
