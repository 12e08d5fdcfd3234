#include "autograd/linear_attention.h"

#include "kernel/elementwise.h"

namespace rotor {

Variable positive_features(const Variable& x) {
  Tensor y = positive_features(x.value());
  return record(y, {x}, [y](const Tensor& g, Gradients d) { d.add(0, positive_features_backward(g, y)); });
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
