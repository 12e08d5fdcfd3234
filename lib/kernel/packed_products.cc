#include "kernel/packed_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "kernel/bfloat16.h"
#include "kernel/panels.h"

namespace rotor {
namespace {

/// A row of a panel, kPanel numbers, in float32.
struct FloatRow {
  static constexpr int64_t kSize = kPanel;  // in floats' places

  static void set(float* row, int64_t j, float value) { row[j] = value; }
  static void load_into(Vector* right, const float* row) {
    for (int j = 0; j < kPanelVectors; ++j) right[j] = load(row + j * kLanes);
  }
};

/// In bfloat16: two registers' numbers lie in one, those of the first in the lower halves, so that a shift and a mask
/// make floats of them.
struct Bfloat16Row {
  static constexpr int64_t kSize = kPanel / 2;

  static void set(float* row, int64_t j, float value) {
    float& pair = row[j / (2 * kLanes) * kLanes + j % kLanes];
    const uint32_t half = to_bfloat16(value), other = std::bit_cast<uint32_t>(pair);
    pair = std::bit_cast<float>(j / kLanes % 2 == 0 ? (other & 0xffff0000u) | half : (other & 0xffffu) | half << 16);
  }
  static void load_into(Vector* right, const float* row) {
    for (int j = 0; j < kPanelVectors; j += 2) {
      const auto pairs = std::bit_cast<VectorBits>(load(row + j / 2 * kLanes));
      right[j] = std::bit_cast<Vector>(pairs << 16);
      right[j + 1] = std::bit_cast<Vector>(pairs & 0xffff0000u);
    }
  }
};

/// W in panels of kPanel outputs: [out / kPanel, in, kPanel], the last one filled up with zeros.
template <typename Row>
class PanelWeights : public PackedWeights {
 public:
  explicit PanelWeights(const WeightRows& w)
      : PackedWeights(w.rows(), w.width()), panels_(Tensor::zeros({count_panels(w.rows()), w.width(), Row::kSize})) {
    parallel_for(out() * in() > kParallelProduct, panels_.size(0), [&](int64_t p) {
      float* panel = panels_.data() + p * panel_size();
      std::vector<float> row(in());
      for (int64_t j = 0; j < std::min(kPanel, out() - p * kPanel); ++j) {
        w.read(p * kPanel + j, row.data());
        for (int64_t k = 0; k < in(); ++k) Row::set(panel + k * Row::kSize, j, row[k]);
      }
    });
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    if (rows == 1) return multiply_row(x, bias, least, y);
    for_each_tile(rows, out(), in(), [&](int64_t first, int64_t count, int64_t p) {
      const PanelOutput to(y + first * out(), out(), p, bias, least);
      dispatch_rows(count, [&]<int R>() {
        rows <= kFewRows
            ? tile<R, 1, kLines>(x + first * in(), p, kAhead, &to)
            : tile<R, 1, 1>(x + first * in(), p, share_of_next(first, rows, panel_size(), Row::kSize), &to);
      });
    });
  }

 private:
  static constexpr int kLine = 16;                                            // floats of a line of the cache
  static constexpr int kLines = Row::kSize > kLine ? Row::kSize / kLine : 1;  // of a row of a panel
  /// With so few rows of x, tiles wait for their own panel, and fetch its rows 16 steps ahead.
  static constexpr int64_t kFewRows = 3 * kTileRows;
  static constexpr Fetch kAhead = {16 * Row::kSize, Row::kSize};

  int64_t panel_size() const { return in() * Row::kSize; }

  /// One row takes several panels at once: the sums of one panel are too few to keep a core busy while each waits for
  /// the one before it.
  void multiply_row(const float* x, const float* bias, float least, float* y) const {
    constexpr int kTogether = 4;
    const int64_t panels = panels_.size(0);
    parallel_for(out() * in() > kParallelProduct, (panels + kTogether - 1) / kTogether, [&](int64_t i) {
      const int64_t first = i * kTogether, count = std::min<int64_t>(kTogether, panels - first);
      auto to = [&](int64_t p) { return PanelOutput(y, out(), p, bias, least); };
      if (count == kTogether) {
        const PanelOutput all[] = {to(first), to(first + 1), to(first + 2), to(first + 3)};
        return tile<1, kTogether, kLines>(x, first, kAhead, all);
      }
      for (int64_t p = first; p < first + count; ++p) {
        const PanelOutput one = to(p);
        tile<1, 1, kLines>(x, p, kAhead, &one);
      }
    });
  }

  /// R rows × P panels from `first` on, held in registers; at each step, L lines are fetched.
  template <int R, int P, int L>
  void tile(const float* x, int64_t first, const Fetch& fetch, const PanelOutput* to) const {
    const int64_t size = panel_size();
    const float* panels = panels_.data() + first * size;
    Vector sum[P][R][kPanelVectors];
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < kPanelVectors; ++j) sum[p][i][j] = Vector{};
      }
    }
    for (int64_t k = 0; k < in(); ++k) {
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) {
        const float* panel = panels + p * size;
#pragma GCC unroll 8
        for (int j = 0; j < L; ++j) __builtin_prefetch(panel + fetch.begin + k * fetch.stride + j * kLine);
        Vector right[kPanelVectors];
        Row::load_into(right, panel + k * Row::kSize);
        for (int i = 0; i < R; ++i) {
          const float left = x[i * in() + k];
          for (int j = 0; j < kPanelVectors; ++j) sum[p][i][j] += left * right[j];
        }
      }
    }
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) {
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) to[p].write(i, sum[p][i]);
    }
  }

  Tensor panels_;
};

}  // namespace

Tensor PackedWeights::product(const Tensor& x, const Tensor& bias, bool relu) const {
  ROTOR_CHECK(x.rank() > 0 && x.size(-1) == in_, "expected inputs of width {}, got {}", in_, x.shape().str());
  Shape shape = x.shape();
  shape[x.rank() - 1] = out_;
  Tensor y(shape);
  multiply(x.span().data(), x.elements() / in_, bias.defined() ? bias.span().data() : nullptr, relu ? 0.f : -INFINITY,
           y.data());
  return y;
}

std::unique_ptr<PackedWeights> pack_weights(const WeightRows& weight) {
  return std::make_unique<PanelWeights<FloatRow>>(weight);
}

std::unique_ptr<PackedWeights> pack_bfloat16(const WeightRows& weight) {
  return std::make_unique<PanelWeights<Bfloat16Row>>(weight);
}

}  // namespace rotor
