#include "kernel/favor.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kRows = 48;  // rows of a product: their exponents stay in the second-level cache

float squared_norm(const float* x, int64_t d) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < d; ++i) sum += x[i] * x[i];
  return sum;
}

float quarter_root(int64_t d) {
  return static_cast<float>(std::pow(static_cast<double>(d), -0.25));
}

/// The map of one head's rows.
struct Map {
  explicit Map(const FavorProjection& p)
      : p(p),
        d(p.width()),
        m(p.features()),
        stride(p.by_width.size(1)),
        root(quarter_root(d)),
        weight(static_cast<float>(1 / std::sqrt(static_cast<double>(m)))) {}

  /// Row i of `to` = the exponents of row i of x, without −|x'|²/2, and largest[i] = the largest, for `rows` rows.
  void exponents(const Head& x, int64_t rows, const Head& to, float* largest) const {
    std::vector<float> room(std::min(kRows, rows) * stride);
    for (int64_t first = 0; first < rows; first += kRows) {
      const int64_t n = std::min(kRows, rows - first);
      small_gemm(n, stride, d, x.from(first), p.by_width.data(), stride, room.data(), stride, false);
      for (int64_t i = 0; i < n; ++i) {
        const float* row = room.data() + i * stride;
        largest[first + i] = maximum(row, m);
        std::copy_n(row, m, to.row(first + i));
      }
    }
  }

  /// |x'|²/2.
  float half_norm(const float* x) const { return 0.5f * root * root * squared_norm(x, d); }

  /// row = m^(−1/2) (e^(row − shift) + ε).
  void finish(float* row, float shift) const {
    const float added = weight * p.epsilon;
#pragma omp simd
    for (int64_t j = 0; j < m; ++j) row[j] = weight * fast_exp(row[j] - shift) + added;
  }

  /// to = the gradients of one row's exponents, given those of its features `row`; returns their sum. A row of padding
  /// has no gradients.
  float exponent_gradients(const float* gradient, const float* row, float* to) const {
    const float added = weight * p.epsilon;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < m; ++j) sum += to[j] = gradient[j] * larger(row[j] - added, 0.f);
    return sum;
  }

  /// d_x of one row, given w's share of it and the sum of the exponents' gradients.
  void finish_gradient(float* d_x, const float* x, float sum) const {
    const float of_norm = root * root * sum;
#pragma omp simd
    for (int64_t i = 0; i < d; ++i) d_x[i] = root * d_x[i] - of_norm * x[i];
  }

  const FavorProjection& p;
  int64_t d, m, stride;
  float root, weight;  ///< d^(−1/4), m^(−1/2)
};

/// Calls f(b, h, n) for each head n of x, among threads.
template <typename F>
void for_heads(const Tensor& x, F f) {
  const int64_t heads = x.size(1);
  parallel_for(x.elements() > 1024, x.size(0) * heads, [&](int64_t n) { f(n / heads, n % heads, n); });
}

int64_t real_keys(const AttentionMask& mask, int64_t b, int64_t keys) {
  if (!mask.key_lengths.empty()) keys = std::min<int64_t>(keys, mask.key_lengths[b]);
  return mask.causal ? mask.queries(b, keys) : keys;
}

/// x [B,H,T,d], with a contiguous last axis.
Tensor rows_of(const Tensor& x, const FavorProjection& projection) {
  ROTOR_CHECK(x.rank() == 4 && x.size(3) == projection.width(),
              "expected heads as [B, H, T, d] with d {}, the width of the random vectors, got {}", projection.width(),
              x.shape().str());
  return with_dense_rows(x);
}

}  // namespace

FavorProjection::FavorProjection(const Tensor& vectors, float epsilon) : w(vectors.contiguous()), epsilon(epsilon) {
  ROTOR_CHECK(w.rank() == 2 && w.elements() > 0, "expected random vectors as [m, d], got {}", w.shape().str());
  by_width = Tensor::zeros({width(), whole_vectors(features())});
  by_width.narrow(1, 0, features()).add(w.transpose(0, 1), quarter_root(width()));
}

Tensor favor_queries(const Tensor& q, const FavorProjection& projection, const AttentionMask& mask) {
  const Tensor x = rows_of(q, projection);
  const int64_t length = x.size(2);
  const Map map(projection);
  Tensor features = heads_tensor(x.size(0), x.size(1), length, map.m);
  for_heads(x, [&](int64_t b, int64_t h, int64_t) {
    const Head from(x, b, h), to(features, b, h);
    const int64_t real = mask.queries(b, length);
    std::vector<float> largest(length);
    map.exponents(from, real, to, largest.data());
    for (int64_t i = 0; i < real; ++i) map.finish(to.row(i), largest[i]);  // −|x'|²/2 is in s as in h
    zero_rows(to, real, length, map.m);
  });
  return features;
}

FavorKeys favor_keys(const Tensor& k, const FavorProjection& projection, const AttentionMask& mask,
                     const Tensor& past) {
  const Tensor x = rows_of(k, projection);
  const int64_t length = x.size(2);
  const Map map(projection);
  FavorKeys keys{heads_tensor(x.size(0), x.size(1), length, map.m),
                 mask.causal ? Tensor({x.size(0), x.size(1), length}) : Tensor()};
  for_heads(x, [&](int64_t b, int64_t h, int64_t head) {
    const Head from(x, b, h), to(keys.features, b, h);
    const int64_t real = real_keys(mask, b, length);
    std::vector<float> scales(length), halves(length);
    map.exponents(from, real, to, scales.data());
    float largest = past.defined() ? past.data()[head] : -INFINITY;
    for (int64_t i = 0; i < real; ++i) {
      halves[i] = map.half_norm(from.row(i));
      largest = std::max(largest, scales[i] - halves[i]);
      scales[i] = largest;
    }
    for (int64_t i = 0; i < real; ++i) map.finish(to.row(i), halves[i] + (mask.causal ? scales[i] : largest));
    zero_rows(to, real, length, map.m);
    if (!mask.causal) return;
    std::fill(scales.begin() + real, scales.end(), largest);
    std::copy(scales.begin(), scales.end(), keys.log_scales.data() + head * length);
  });
  return keys;
}

Tensor favor_backward(const Tensor& gradient, const Tensor& input, const Tensor& features,
                      const FavorProjection& projection) {
  const Tensor x = rows_of(input, projection), g = with_dense_rows(gradient);
  const int64_t length = x.size(2);
  const Map map(projection);
  Tensor d_x = heads_tensor(x.size(0), x.size(1), length, map.d);
  for_heads(x, [&](int64_t b, int64_t h, int64_t) {
    const Head from(x, b, h), to(d_x, b, h), d_features(g, b, h), of(features, b, h);
    std::vector<float> room(std::min(kRows, length) * map.m), sums(kRows);
    for (int64_t first = 0; first < length; first += kRows) {
      const int64_t n = std::min(kRows, length - first);
      for (int64_t i = 0; i < n; ++i) {
        sums[i] = map.exponent_gradients(d_features.row(first + i), of.row(first + i), room.data() + i * map.m);
      }
      small_gemm(n, map.d, map.m, {room.data(), map.m, 1}, projection.w.data(), map.d, to.row(first), to.stride, false);
      for (int64_t i = 0; i < n; ++i) map.finish_gradient(to.row(first + i), from.row(first + i), sums[i]);
    }
  });
  return d_x;
}

}  // namespace rotor
