#include "autograd/favor.h"

namespace rotor {
namespace {

/// A Variable of `features` that x causes; `again` computes them once more for the backward pass, where they take m / d
/// times the memory of x.
Variable recomputed(const Tensor& features, const Variable& x, const FavorProjection& projection,
                    std::function<Tensor()> again) {
  const auto result_kept = std::make_shared<std::optional<Kept>>();  // the same that others keep: recomputed once
  Variable result = record(features, {x}, [=, in = x.value()](const Tensor& g, Gradients d) {
    d.add(0, favor_backward(g, in, std::exchange(*result_kept, std::nullopt)->value(), projection));
  });
  result.keep_by(std::move(again));
  if (recording()) *result_kept = result.kept();
  return result;
}

}  // namespace

Variable favor_queries(const Variable& q, const FavorProjection& projection, const AttentionMask& mask) {
  const auto map = [=, x = q.value()] { return favor_queries(x, projection, mask); };
  return recomputed(map(), q, projection, map);
}

KeyFeatures favor_keys(const Variable& k, const FavorProjection& projection, const AttentionMask& mask,
                       const LinearAttentionSums& past) {
  const auto map = [=, x = k.value(), before = past.log_scales] { return favor_keys(x, projection, mask, before); };
  const FavorKeys keys = map();
  return {recomputed(keys.features, k, projection, [map] { return map().features; }), keys.log_scales};
}

}  // namespace rotor
