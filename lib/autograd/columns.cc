#include "autograd/columns.h"

#include "kernel/forgetting.h"

namespace rotor {

Variable join_columns(const Variable& a, const Variable& b) {
  const int last = a.rank() - 1;
  const int64_t n = a.size(last), m = b.size(last);
  Shape shape = a.shape();
  shape[last] = n + m;
  const Tensor joined(shape);
  joined.narrow(last, 0, n).copy_from(a.value());
  joined.narrow(last, n, m).copy_from(b.value());
  return record(joined, {a, b}, [=](const Tensor& g, Gradients d) {
    if (d.wanted(0)) d.add(0, g.narrow(last, 0, n).clone());
    if (d.wanted(1)) d.add(1, g.narrow(last, n, m).clone());
  });
}

Variable columns(const Variable& x, int64_t begin, int64_t count) {
  const int last = x.rank() - 1;
  return record(x.value().narrow(last, begin, count), {x}, [=, shape = x.shape()](const Tensor& g, Gradients d) {
    Tensor whole = Tensor::zeros(shape);
    whole.narrow(last, begin, count).copy_from(g);
    d.add(0, std::move(whole));
  });
}

Variable add_forgetting(const Variable& scores, const Variable& logits, int64_t first_query) {
  return record(add_forgetting(scores.value(), logits.value(), first_query), {scores, logits},
                [=, z = logits.value()](const Tensor& g, Gradients d) {
                  d.share(0, g);
                  if (d.wanted(1)) d.add(1, forgetting_backward(g, z, first_query));
                });
}

}  // namespace rotor
