#include "kernel/head_products.h"

#include "kernel/gemm.h"
#include "kernel/heads.h"

namespace rotor {
namespace {

/// y = x op(w_h) for each head h of arranged x [.., n] and y [.., m]; op transposes if `transpose`.
void multiply(const Tensor& x, const Tensor& w, bool transpose, int64_t heads, const Tensor& y) {
  const int64_t n = x.size(-1), m = y.size(-1), rows = x.elements() / (n * heads);
  const bool by_row = w.stride(2) == 1;
  for (int64_t h = 0; h < heads; ++h) {
    gemm(false, transpose == by_row, rows, m, n, x.data() + h * n, heads * n, w.data() + h * w.stride(0),
         by_row ? w.stride(1) : w.stride(2), 0, y.data() + h * m, heads * m);
  }
}

}  // namespace

HeadProducts::HeadProducts(const Tensor& x, const Tensor& w) {
  ROTOR_CHECK(x.rank() == 4 && w.rank() == 3 && x.size(3) == w.size(2) && (w.size(0) == 1 || w.size(0) == x.size(1)),
              "cannot multiply the heads {} by {}", x.shape().str(), w.shape().str());
  heads_ = w.size(0);
  as_they_are_ = heads_ == 1 && x.is_contiguous();
  x_ = arrange(x);
  w_ = w.stride(1) == 1 || w.stride(2) == 1 ? w : w.contiguous();
}

Tensor HeadProducts::product() const {
  const Tensor y(with_width(x_.shape(), w_.size(1)));
  multiply(x_, w_, true, heads_, y);
  return give_back(y);
}

Tensor HeadProducts::gradient_of_x(const Tensor& arranged) const {
  const Tensor d_x(x_.shape());
  multiply(arranged, w_, false, heads_, d_x);
  return give_back(d_x);
}

Tensor HeadProducts::gradient_of_w(const Tensor& g) const {
  const int64_t n = x_.size(-1), m = g.size(-1), count = x_.elements() / (n * heads_);
  const Tensor d_w(w_.shape());
  for (int64_t h = 0; h < heads_; ++h) {
    gemm(true, false, m, n, count, g.data() + h * m, heads_ * m, x_.data() + h * n, heads_ * n, 0,
         d_w.data() + h * m * n, n);
  }
  return d_w;
}

}  // namespace rotor
