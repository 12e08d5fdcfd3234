#include "kernel/linear.h"

#include "kernel/gemm.h"

namespace rotor {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu) {
  ROTOR_CHECK(weight.rank() == 2 && x.size(-1) == weight.size(1), "expected inputs of width {}, got {}", weight.size(1),
              x.shape().str());
  const int64_t out = weight.size(0), in = weight.size(1), rows = x.elements() / in;
  Shape shape = x.shape();
  shape[x.rank() - 1] = out;
  Tensor y(shape);
  const float* add = bias.defined() ? bias.span().data() : nullptr;
  gemm(false, true, rows, out, in, x.span().data(), in, weight.span().data(), in, 0, y.data(), out, {add, relu});
  return y;
}

void linear_backward_input(const Tensor& gradient, const Tensor& weight, const Tensor& to, float beta) {
  const int64_t out = weight.size(0), in = weight.size(1), rows = gradient.elements() / out;
  gemm(false, false, rows, in, out, gradient.span().data(), out, weight.span().data(), in, beta, to.span().data(), in);
}

void linear_backward_weight(const Tensor& gradient, const Tensor& x, const Tensor& to, float beta) {
  const int64_t out = gradient.size(-1), in = x.size(-1), rows = gradient.elements() / out;
  gemm(true, false, out, in, rows, gradient.span().data(), out, x.span().data(), in, beta, to.span().data(), in);
}

}  // namespace rotor
