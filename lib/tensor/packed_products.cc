#include "tensor/packed_products.h"

#include <algorithm>
#include <cmath>

#include "tensor/panels.h"

namespace rotor {
namespace {

/// W in panels of kPanel outputs: [out / kPanel, in, kPanel], the last one filled up with zeros.
class FloatWeights : public PackedWeights {
 public:
  explicit FloatWeights(const Tensor& w)
      : PackedWeights(w.size(0), w.size(1)), panels_(Tensor::zeros({count_panels(w.size(0)), w.size(1), kPanel})) {
    const float* from = w.span().data();
    parallel_for(w.elements() > kParallelProduct, panels_.size(0), [&](int64_t p) {
      float* panel = panels_.data() + p * in() * kPanel;
      for (int64_t j = 0; j < std::min(kPanel, out() - p * kPanel); ++j) {
        for (int64_t k = 0; k < in(); ++k) panel[k * kPanel + j] = from[(p * kPanel + j) * in() + k];
      }
    });
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    for_each_tile(rows, out(), in(), [&](int64_t first, int64_t count, int64_t p) {
      const float* panel = panels_.data() + p * in() * kPanel;
      const PanelOutput to(y + first * out(), out(), p, bias, least);
      dispatch_rows(count, [&]<int R>() { tile<R>(x + first * in(), panel, to); });
    });
  }

 private:
  /// R rows × one panel, held in registers.
  template <int R>
  void tile(const float* x, const float* panel, const PanelOutput& to) const {
    Vector sum[R][kPanelVectors] = {};
    for (int64_t k = 0; k < in(); ++k) {
      Vector right[kPanelVectors];
      for (int j = 0; j < kPanelVectors; ++j) right[j] = load(panel + k * kPanel + j * kLanes);
      for (int i = 0; i < R; ++i) {
        const float left = x[i * in() + k];
        for (int j = 0; j < kPanelVectors; ++j) sum[i][j] += left * right[j];
      }
    }
    for (int i = 0; i < R; ++i) to.write(i, sum[i]);
  }

  Tensor panels_;
};

}  // namespace

Tensor PackedWeights::product(const Tensor& x, const Tensor& bias, bool relu) const {
  CHECK(x.rank() > 0 && x.size(-1) == in_, "expected inputs of width {}, got {}", in_, x.shape().str());
  Shape shape = x.shape();
  shape[x.rank() - 1] = out_;
  Tensor y(shape);
  multiply(x.span().data(), x.elements() / in_, bias.defined() ? bias.span().data() : nullptr, relu ? 0.f : -INFINITY,
           y.data());
  return y;
}

std::unique_ptr<PackedWeights> pack_weights(const Tensor& weight) {
  CHECK(weight.rank() == 2, "expected a weight matrix, got {}", weight.shape().str());
  return std::make_unique<FloatWeights>(weight);
}

}  // namespace rotor
