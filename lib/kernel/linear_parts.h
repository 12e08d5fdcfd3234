// The parts that linear attention's forward and backward passes share: matrices of one head in a thread's own memory,
// products of a chunk of positions, and the ratios of the keys' scales.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/heads.h"
#include "kernel/linear_attention.h"

namespace rotor::linear_parts {

inline constexpr int64_t kChunk = 32;  ///< positions that the causal sums take at a time

struct Sizes {
  explicit Sizes(const LinearAttentionInputs& x)
      : batch(x.k.size(0)),
        heads(x.k.size(1)),
        queries(x.q.defined() ? x.q.size(2) : 0),
        keys(x.k.size(2)),
        d(x.k.size(3)),
        e(x.v.size(3)) {}
  int64_t batch, heads, queries, keys, d, e;
};

/// The rows of one sentence that count. In the causal case queries and keys are the same positions.
struct Real {
  Real(const AttentionMask& mask, const Sizes& sizes, int64_t b)
      : queries(mask.queries(b, sizes.queries)),
        keys(mask.key_lengths.empty() ? sizes.keys : std::min<int64_t>(sizes.keys, mask.key_lengths[b])) {
    if (mask.causal) queries = keys = std::min(keys, queries);
  }
  int64_t queries, keys;
};

/// A matrix of one thread's, zero at first.
struct Scratch {
  Scratch(int64_t rows, int64_t columns) : numbers(rows * columns, 0.f), columns(columns) {}
  SmallMatrix matrix() const { return {numbers.data(), columns, 1}; }
  float* data() { return numbers.data(); }

  std::vector<float> numbers;
  int64_t columns;
};

/// c [m,n] (+)= a [m,k] · b [k,n], b's rows `ldb` apart.
inline void product(int64_t m, int64_t n, int64_t k, SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc,
                    bool add = true, bool overlap = false) {
  if (m > 0 && n > 0 && k > 0) small_gemm(m, n, k, a, b, ldb, c, ldc, add, overlap);
}

inline float dot(const float* a, const float* b, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

inline void add_scaled(float* to, const float* from, float factor, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

/// The log scales of one head's keys, which never fall from a key to the next. Without any, all are 0.
class LogScales {
 public:
  /// Takes the row of head n, counted over batch and heads, from log scales [B,H,Tk].
  LogScales(const Tensor& log_scales, int64_t n)
      : first_(log_scales.defined() ? log_scales.data() + n * log_scales.size(2) : nullptr) {}

  float operator[](int64_t i) const { return first_ ? first_[i] : 0; }

  /// The scale of key i to one with logarithm `other`, or its inverse: whichever is at most 1.
  float ratio(int64_t i, float other) const {
    return first_ == nullptr || first_[i] == other ? 1 : std::exp(-std::abs(first_[i] - other));
  }

  /// Whether the keys first … first + n − 1 all have the log scale `other`.
  bool are(float other, int64_t first, int64_t n) const {
    return !first_ || (first_[first] == other && first_[first + n - 1] == other);
  }

  /// Multiplies row i of x by ratio(i, other), for n rows from `first` on.
  void scale_rows(const Head& x, int64_t first, int64_t n, int64_t width, float other) const {
    if (are(other, first, n)) return;
    for (int64_t i = first; i < first + n; ++i) scale_row(x.row(i), width, ratio(i, other));
  }

  /// The rows of x from `first` on, scaled as above: in `scratch` [n, width], or x itself if all ratios are 1.
  Head scaled(const Head& x, int64_t first, int64_t n, int64_t width, float other, Scratch& scratch) const {
    if (are(other, first, n)) return {x.row(first), x.stride};
    const Head to(scratch.data(), width);
    for (int64_t i = 0; i < n; ++i) {
      const float factor = ratio(first + i, other), *from = x.row(first + i);
#pragma omp simd
      for (int64_t c = 0; c < width; ++c) to.row(i)[c] = factor * from[c];
    }
    return to;
  }

  /// p[i][j] *= the scale of key j to that of key i, counted from `first`, for j <= i < n.
  void scale_pairs(Scratch& p, int64_t first, int64_t n) const {
    if (are(operator[](first), first, n)) return;
    for (int64_t i = 0; i < n; ++i) {
      float* row = p.data() + i * p.columns;
      const float *from = first_ + first, own = from[i];
#pragma omp simd
      for (int64_t j = 0; j <= i; ++j) row[j] *= fast_exp(from[j] - own);
    }
  }

 private:
  const float* first_;
};

/// Sums whose terms have log scales: `numbers` times e^log_scale.
struct ScaledSums : Scratch {
  ScaledSums(int64_t rows, int64_t columns, float log_scale) : Scratch(rows, columns), log_scale(log_scale) {}

  /// Expresses the sums by another scale, at which they are not larger.
  void rescale(float to) {
    if (to == log_scale) return;
    scale_row(data(), std::ssize(numbers), std::exp(-std::abs(to - log_scale)));
    log_scale = to;
  }

  float log_scale;
};

/// p [n, n] = a[first …] · b[first …]ᵀ for n positions, times the scale of the second to that of the first; 0 where the
/// second comes after the first.
inline void causal_products(const Head& a, const Head& b, int64_t first, int64_t n, int64_t width,
                            const LogScales& scales, Scratch& transposed, Scratch& p) {
  transpose(b.row(first), b.stride, n, width, transposed.data(), transposed.columns);
  product(n, n, width, a.from(first), transposed.data(), transposed.columns, p.data(), p.columns, false);
  for (int64_t i = 0; i < n; ++i) std::fill(p.data() + i * p.columns + i + 1, p.data() + i * p.columns + n, 0.f);
  scales.scale_pairs(p, first, n);
}

}  // namespace rotor::linear_parts
