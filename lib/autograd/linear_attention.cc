#include "autograd/linear_attention.h"

#include <algorithm>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// to[i] = f(to[i], from[i]) for tensors of one shape and layout, in whatever order they lie in memory.
template <typename F>
void combine(const Tensor& to, const Tensor& from, F f) {
  float* out = to.data();
  const float* in = from.data();
#pragma omp parallel for simd if (to.elements() > kParallelElements)
  for (int64_t i = 0; i < to.elements(); ++i) out[i] = f(out[i], in[i]);
}

/// A copy of x in the layout of `like`, dense.
Tensor copy_like(const Tensor& x, const Tensor& like) {
  Tensor result = Tensor::like(like);
  result.copy_from(x);
  return result;
}

}  // namespace

Variable positive_features(const Variable& x) {
  Tensor y = copy_like(x.value(), x.value());
  combine(y, y, [](float value, float) { return value > 0 ? value + 1 : fast_exp(value); });
  return record(y, {x}, [y](const Tensor& g, Gradients d) {
    Tensor d_x = copy_like(g, y);
    combine(d_x, y, [](float gradient, float value) { return gradient * std::min(value, 1.f); });
    d.add(0, d_x);
  });
}

Variable linear_attention(const Variable& q, const Variable& k, const Variable& v, const Variable& plain_q,
                          const Variable& plain_k, const AttentionMask& mask, const LinearAttentionSums& past,
                          const Tensor& log_scales) {
  ROTOR_CHECK(!past.defined() || !recording(), "past keys of linear attention have no gradient: decode under NoGrad");
  Tensor denominators({q.size(0), q.size(1), q.size(2)});
  Tensor context = linear_attention({q.value(), k.value(), v.value(), plain_q.value(), plain_k.value(), log_scales},
                                    mask, past, denominators);
  const auto inputs = [q = q.kept(), k = k.kept(), v = v.kept(), plain_q = plain_q.kept(), plain_k = plain_k.kept(),
                       log_scales] {
    return LinearAttentionInputs{q.value(), k.value(), v.value(), plain_q.value(), plain_k.value(), log_scales};
  };
  return record(context, {q, k, v, plain_q, plain_k}, [=](const Tensor& g, Gradients d) {
    auto gradients = linear_attention_backward(g, inputs(), mask, context, denominators);
    d.add(0, std::move(gradients.q));
    d.add(1, std::move(gradients.k));
    d.add(2, std::move(gradients.v));
    d.add(3, std::move(gradients.plain_q));
    d.add(4, std::move(gradients.plain_k));
  });
}

}  // namespace rotor
