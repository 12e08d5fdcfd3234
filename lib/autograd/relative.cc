#include "autograd/relative.h"

#include "kernel/head_products.h"

namespace rotor {

Variable take_relative(const Variable& x, const RelativeIndex& index) {
  const bool by_time = x.rank() == 4 && !x.value().is_contiguous();  // in memory, as multiply_heads leaves it
  return record(
      take_relative(x.value(), index), {x}, [shape = x.shape(), by_time, index](const Tensor& g, Gradients d) {
        Tensor d_x = by_time ? Tensor({shape[0], shape[2], shape[1], shape[3]}).transpose(1, 2) : Tensor(shape);
        d.add(0, spread_relative(g, index, std::move(d_x)));
      });
}

Variable spread_relative(const Variable& w, const RelativeIndex& index, int64_t columns) {
  Shape shape = w.shape();
  shape[w.rank() - 1] = columns;
  return record(spread_relative(w.value(), index, Tensor(shape)), {w},
                [index](const Tensor& g, Gradients d) { d.add(0, take_relative(g, index)); });
}

Variable add_distance_bias(const Variable& scores, const Variable& bias) {
  return record(add_distance_bias(scores.value(), bias.value()), {scores, bias}, [](const Tensor& g, Gradients d) {
    d.share(0, g);
    if (d.wanted(1)) d.add(1, sum_by_distance(g));
  });
}

Variable multiply_heads(const Variable& x, const Variable& w) {
  const HeadProducts products(x.value(), w.value());
  return record(products.product(), {x, w}, [products](const Tensor& gradient, Gradients d) {
    const Tensor g = products.arrange(gradient);
    if (d.wanted(0)) d.add(0, products.gradient_of_x(g));
    if (d.wanted(1)) d.add(1, products.gradient_of_w(g));
  });
}

}  // namespace rotor
