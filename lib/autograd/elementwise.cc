#include "autograd/elementwise.h"

#include "kernel/activations.h"
#include "kernel/elementwise.h"
#include "kernel/heads.h"

namespace rotor {
namespace {

/// y = f(x), computed again for linear layers on it: x is kept in any case.
Variable activate(const Variable& x, Tensor (*f)(const Tensor&), Tensor (*backward)(const Tensor&, const Tensor&)) {
  const Tensor in = x.value();
  Variable y = record(f(in), {x}, [in, backward](const Tensor& g, Gradients d) { d.add(0, backward(g, in)); });
  y.keep_by([in, f] { return f(in); });
  return y;
}

/// y = f(x, by), computed again as activate()'s.
Variable gate(const Variable& x, const Variable& by, Tensor (*f)(const Tensor&, const Tensor&),
              GateGradients (*backward)(const Tensor&, const Tensor&, const Tensor&)) {
  const Tensor in = x.value(), factor = by.value();
  Variable y = record(f(in, factor), {x, by}, [in, factor, backward](const Tensor& g, Gradients d) {
    GateGradients gradients = backward(g, in, factor);
    d.add(0, std::move(gradients.x));
    d.add(1, std::move(gradients.by));
  });
  y.keep_by([in, factor, f] { return f(in, factor); });
  return y;
}

}  // namespace

Variable add(const Variable& a, const Variable& b) {
  return record(add(a.value().contiguous(), b.value().contiguous()), {a, b},
                [shape = b.shape()](const Tensor& g, Gradients d) {
                  d.share(0, g);
                  if (!d.wanted(1)) return;
                  if (shape == g.shape()) {
                    d.share(1, g);
                  } else {
                    d.add(1, sum_leading(g, shape));
                  }
                });
}

Variable mul(const Variable& a, const Variable& b) {
  ROTOR_CHECK(a.shape() == b.shape(), "cannot multiply {} by {}", a.shape().str(), b.shape().str());
  const Tensor x = a.value(), y = b.value();
  return record(mul(x, y), {a, b}, [x, y](const Tensor& g, Gradients d) {
    if (d.wanted(0)) d.add(0, mul(g, y));
    if (d.wanted(1)) d.add(1, mul(g, x));
  });
}

Variable scale(const Variable& x, float factor) {
  return record(scale(x.value(), factor), {x}, [factor](const Tensor& g, Gradients d) { d.add(0, scale(g, factor)); });
}

Variable sum(const Variable& x) {
  return record(Tensor::full({}, static_cast<float>(sum(x.value()))), {x},
                [shape = x.shape()](const Tensor& g, Gradients d) { d.add(0, Tensor::full(shape, g.item())); });
}

Variable relu(const Variable& x) {
  Tensor y = relu(x.value());
  return record(y, {x}, [y](const Tensor& g, Gradients d) { d.add(0, relu_backward(g, y)); });
}

Variable gelu(const Variable& x) {
  return activate(x, gelu, gelu_backward);
}

Variable swish(const Variable& x) {
  return activate(x, swish, swish_backward);
}

Variable tanh(const Variable& x) {
  return activate(x, tanh, tanh_backward);
}

Variable swish_gate(const Variable& x, const Variable& by) {
  return gate(x, by, swish_gate, swish_gate_backward);
}

Variable gelu_tanh_gate(const Variable& x, const Variable& by) {
  return gate(x, by, gelu_tanh_gate, gelu_tanh_gate_backward);
}

Variable dropout(const Variable& x, float rate) {
  if (rate == 0 || !recording()) return x;
  const Dropout mask{rate, next_random_key()};
  return record(dropout(x.value(), mask), {x}, [mask](const Tensor& g, Gradients d) { d.add(0, dropout(g, mask)); });
}

Variable add_dropout(const Variable& x, const Variable& y, float rate) {
  if (rate == 0 || !recording()) return add(x, y);
  ROTOR_CHECK(x.shape() == y.shape(), "cannot add {} to {}", y.shape().str(), x.shape().str());
  const Dropout mask{rate, next_random_key()};
  return record(add_dropout(x.value(), y.value(), mask), {x, y}, [mask](const Tensor& g, Gradients d) {
    d.share(0, g);
    d.add(1, dropout(g, mask));
  });
}

Variable reshape(const Variable& x, Shape shape) {
  return record(x.value().contiguous().reshape(shape), {x},
                [before = x.shape()](const Tensor& g, Gradients d) { d.share(0, g.contiguous().reshape(before)); });
}

Variable transpose(const Variable& x, int a, int b) {
  return record(x.value().transpose(a, b), {x},
                [a, b](const Tensor& g, Gradients d) { d.share(0, g.transpose(a, b)); });
}

Variable split_heads(const Variable& x, int64_t heads) {
  return transpose(reshape(x, {x.size(0), x.size(1), heads, x.size(2) / heads}), 1, 2);
}

Variable merge_heads(const Variable& x) {
  return reshape(transpose(x, 1, 2), {x.size(0), x.size(2), x.size(1) * x.size(3)});
}

Variable repeat_heads(const Variable& x, int64_t n) {
  if (n == 1) return x;
  return record(repeat_heads(x.value(), n), {x},
                [n](const Tensor& g, Gradients d) { d.add(0, sum_repeated_heads(g, n)); });
}

}  // namespace rotor
