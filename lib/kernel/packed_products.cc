#include "kernel/packed_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <vector>

#include "kernel/bfloat16.h"
#include "kernel/panels.h"

namespace rotor {
namespace {

/// A panel in float32: rows of kPanel numbers.
struct FloatPanel {
  static constexpr int64_t kRow = kPanel;  // in floats' places

  const float* numbers;

  static void set(float* row, int64_t j, float value) { row[j] = value; }
  void load_row(int64_t k, Vector* to) const {
    for (int j = 0; j < kPanelVectors; ++j) to[j] = load(numbers + k * kRow + j * kLanes);
  }
};

/// In bfloat16: two registers' numbers lie in one, those of the first in the lower halves, so that a shift and a mask
/// make floats of them.
struct Bfloat16Panel {
  static constexpr int64_t kRow = kPanel / 2;

  const float* pairs;

  static void set(float* row, int64_t j, float value) {
    float& pair = row[j / (2 * kLanes) * kLanes + j % kLanes];
    const uint32_t half = to_bfloat16(value), other = std::bit_cast<uint32_t>(pair);
    pair = std::bit_cast<float>(j / kLanes % 2 == 0 ? (other & 0xffff0000u) | half : (other & 0xffffu) | half << 16);
  }
  void load_row(int64_t k, Vector* to) const {
    for (int j = 0; j < kPanelVectors; j += 2) {
      const auto both = std::bit_cast<VectorBits>(load(pairs + k * kRow + j / 2 * kLanes));
      to[j] = std::bit_cast<Vector>(both << 16);
      to[j + 1] = std::bit_cast<Vector>(both & 0xffff0000u);
    }
  }
};

/// In bfloat16, of which the floats are kept for the tiles that follow: with AVX-512, Intel's cores shift and mask on
/// the ports that multiply.
struct KeptPanel {
  Bfloat16Panel panel;
  float* floats;

  void load_row(int64_t k, Vector* to) const {
    panel.load_row(k, to);
    for (int j = 0; j < kPanelVectors; ++j) *reinterpret_cast<Vector*>(floats + k * kPanel + j * kLanes) = to[j];
  }
};

constexpr int kLine = 16;  // floats of a line of the cache

/// What a tile takes of a panel: its numbers, where it fetches lines into the cache for later, `stride` further at each
/// step, and where its sums go.
template <typename Panel>
struct TilePanel {
  Panel panel;
  const float* ahead;
  int64_t stride;
  PanelOutput to;
};

/// R rows of x [R, in] × P panels, held in registers; at each step, L lines are fetched.
template <int R, int L, typename Panel, int P>
void multiply_tile(const float* x, int64_t in, const TilePanel<Panel> (&panels)[P]) {
  Vector sum[P][R][kPanelVectors];
#pragma GCC unroll 8
  for (int p = 0; p < P; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) sum[p][i][j] = Vector{};
    }
  }
  for (int64_t k = 0; k < in; ++k) {
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) {
#pragma GCC unroll 8
      for (int j = 0; j < L; ++j) __builtin_prefetch(panels[p].ahead + k * panels[p].stride + j * kLine);
      Vector right[kPanelVectors];
      panels[p].panel.load_row(k, right);
      for (int i = 0; i < R; ++i) {
        const float left = x[i * in + k];
        for (int j = 0; j < kPanelVectors; ++j) sum[p][i][j] += left * right[j];
      }
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < P; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) panels[p].to.write(i, sum[p][i]);
  }
}

/// W in panels of kPanel outputs: [out / kPanel, in, kPanel], the last one filled up with zeros.
template <typename Panel>
class PanelWeights : public PackedWeights {
 public:
  explicit PanelWeights(const WeightRows& w)
      : PackedWeights(w.rows(), w.width()), panels_(Tensor::zeros({count_panels(w.rows()), w.width(), Panel::kRow})) {
    parallel_for(out() * in() > kParallelProduct, panels_.size(0), [&](int64_t p) {
      float* to = panels_.data() + p * panel_size();
      std::vector<float> row(in());
      for (int64_t j = 0; j < std::min(kPanel, out() - p * kPanel); ++j) {
        w.read(p * kPanel + j, row.data());
        for (int64_t k = 0; k < in(); ++k) Panel::set(to + k * Panel::kRow, j, row[k]);
      }
    });
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    const Product product{x, rows, bias, least, y};
    if (rows == 1) return multiply_row(product);
    for_each_block(rows, out(), in(), [&](int64_t begin, int64_t end, int64_t p) {
      if (rows <= kFewRows) return multiply_few(product, begin, end, p);
      if constexpr (std::is_same_v<Panel, Bfloat16Panel>) {
        if (end - begin > kFewRows) {
          const KeptPanel first = kept(p);
          multiply_block(product, begin, begin + kTileRows, p, first);
          return multiply_block(product, begin + kTileRows, end, p, FloatPanel{first.floats});
        }
      }
      multiply_block(product, begin, end, p, Panel{panel(p)});
    });
  }

 private:
  static constexpr int kLines = Panel::kRow > kLine ? Panel::kRow / kLine : 1;  // of a row of a panel
  static constexpr int64_t kFewRows = 3 * kTileRows;

  struct Product {
    const float* x;
    int64_t rows;
    const float* bias;
    float least;
    float* y;
  };

  int64_t panel_size() const { return in() * Panel::kRow; }
  const float* panel(int64_t p) const { return panels_.data() + p * panel_size(); }

  PanelOutput output(const Product& product, int64_t row, int64_t p) const {
    return PanelOutput(product.y + row * out(), out(), p, product.bias, product.least);
  }

  /// Returns panel p and a place for its floats, which is the thread's until its next call.
  KeptPanel kept(int64_t p) const {
    thread_local Tensor floats;
    if (!floats.defined() || floats.elements() < in() * kPanel) floats = Tensor({in(), kPanel});
    return {{panel(p)}, floats.data()};
  }

  /// Multiplies rows by panel p, which `numbers` holds.
  template <typename Numbers>
  void multiply_block(const Product& product, int64_t begin, int64_t end, int64_t p, const Numbers& numbers) const {
    for_each_tile(begin, end, [&](int64_t first, int64_t count) {
      const Fetch next = share_of_next(first, product.rows, panel_size(), Panel::kRow);
      const TilePanel<Numbers> one[] = {{numbers, panel(p) + next.begin, next.stride, output(product, first, p)}};
      dispatch_rows(count, [&]<int R>() { multiply_tile<R, 1>(product.x + first * in(), in(), one); });
    });
  }

  /// Returns a panel for few rows of x, whose tiles wait for it and fetch its rows 16 steps ahead.
  TilePanel<Panel> awaited(const Product& product, int64_t row, int64_t p) const {
    return {{panel(p)}, panel(p) + 16 * Panel::kRow, Panel::kRow, output(product, row, p)};
  }

  void multiply_few(const Product& product, int64_t begin, int64_t end, int64_t p) const {
    for_each_tile(begin, end, [&](int64_t first, int64_t count) {
      const TilePanel<Panel> one[] = {awaited(product, first, p)};
      dispatch_rows(count, [&]<int R>() { multiply_tile<R, kLines>(product.x + first * in(), in(), one); });
    });
  }

  /// One row takes several panels at once: the sums of one panel are too few to keep a core busy while each waits for
  /// the one before it.
  void multiply_row(const Product& product) const {
    constexpr int kTogether = 4;
    const int64_t panels = panels_.size(0);
    parallel_for(out() * in() > kParallelProduct, (panels + kTogether - 1) / kTogether, [&](int64_t i) {
      const int64_t first = i * kTogether, end = std::min<int64_t>(panels, first + kTogether);
      auto at = [&](int64_t p) { return awaited(product, 0, p); };
      if (end == first + kTogether) {
        const TilePanel<Panel> all[] = {at(first), at(first + 1), at(first + 2), at(first + 3)};
        return multiply_tile<1, kLines>(product.x, in(), all);
      }
      for (int64_t p = first; p < end; ++p) {
        const TilePanel<Panel> one[] = {at(p)};
        multiply_tile<1, kLines>(product.x, in(), one);
      }
    });
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
  return std::make_unique<PanelWeights<FloatPanel>>(weight);
}

std::unique_ptr<PackedWeights> pack_bfloat16(const WeightRows& weight) {
  return std::make_unique<PanelWeights<Bfloat16Panel>>(weight);
}

}  // namespace rotor
