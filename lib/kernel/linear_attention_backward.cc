// The gradients of linear attention. A key's scale relative to that of a query which sees it is a factor of their
// product, so the sums over later queries that the keys need are rescaled as the sums over earlier keys are: towards
// the smaller scales, from the last position to the first.
#include <algorithm>

#include "kernel/linear_parts.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

using namespace linear_parts;

/// The gradients of one head's numerators.
struct Backward {
  Sizes s;
  Real real;
  LogScales scales;
  Head q, k, v, d_q, d_k, d_v;
  Head g;  ///< of the numerators

  /// A product whose result is as wide as the features. Random features are more than the values, and seldom fill
  /// vectors.
  void wide_product(int64_t m, int64_t k, SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc) const {
    product(m, s.d, k, a, b, ldb, c, ldc, true, s.d > s.e);
  }

  void everything() const {
    Scratch sums(s.e, s.d), gradients(s.d, s.e), gradients_transposed(s.e, s.d);
    wide_product(s.e, real.keys, v.from(0).transposed(), k.data, k.stride, sums.data(), s.d);
    wide_product(real.queries, s.e, g.from(0), sums.data(), s.d, d_q.data, d_q.stride);
    product(s.d, s.e, real.queries, q.from(0).transposed(), g.data, g.stride, gradients.data(), s.e);
    wide_product(s.e, real.queries, g.from(0).transposed(), q.data, q.stride, gradients_transposed.data(), s.d);
    wide_product(real.keys, s.e, v.from(0), gradients_transposed.data(), s.d, d_k.data, d_k.stride);
    product(real.keys, s.e, s.d, k.from(0), gradients.data(), s.e, d_v.data, d_v.stride);
  }

  void causal() const {
    if (real.keys == 0) return;
    to_queries();
    to_keys_and_values();
  }

  void to_queries() const {
    Scratch transposed(s.e, kChunk), w(kChunk, kChunk), scaled(kChunk, s.e);
    ScaledSums sums(s.e, s.d, scales[0]);  // Σ v_n k_nᵀ of the keys before the chunk
    for (int64_t first = 0; first < real.keys; first += kChunk) {
      const int64_t n = std::min(kChunk, real.keys - first);
      wide_product(n, s.e, g.from(first), sums.data(), s.d, d_q.row(first), d_q.stride);
      scales.scale_rows(d_q, first, n, s.d, sums.log_scale);
      causal_products(g, v, first, n, s.e, scales, transposed, w);
      wide_product(n, n, w.matrix(), k.row(first), k.stride, d_q.row(first), d_q.stride);
      sums.rescale(scales[first + n - 1]);
      const Head values = scales.scaled(v, first, n, s.e, sums.log_scale, scaled);
      wide_product(s.e, n, values.from(0).transposed(), k.row(first), k.stride, sums.data(), s.d);
    }
  }

  void to_keys_and_values() const {
    Scratch v_transposed(s.e, kChunk), k_transposed(s.d, kChunk), w(kChunk, kChunk), p(kChunk, kChunk);
    Scratch scaled(kChunk, s.e);
    const float newest = scales[real.keys - 1];
    ScaledSums later(s.d, s.e, newest), later_transposed(s.e, s.d, newest);  // Σ q_m g_mᵀ of the queries after it
    for (int64_t first = (real.keys - 1) / kChunk * kChunk; first >= 0; first -= kChunk) {
      const int64_t n = std::min(kChunk, real.keys - first);
      wide_product(n, s.e, v.from(first), later_transposed.data(), s.d, d_k.row(first), d_k.stride);
      scales.scale_rows(d_k, first, n, s.d, later.log_scale);
      causal_products(g, v, first, n, s.e, scales, v_transposed, w);
      wide_product(n, n, w.matrix().transposed(), q.row(first), q.stride, d_k.row(first), d_k.stride);
      product(n, s.e, s.d, k.from(first), later.data(), s.e, d_v.row(first), d_v.stride);
      scales.scale_rows(d_v, first, n, s.e, later.log_scale);
      causal_products(q, k, first, n, s.d, scales, k_transposed, p);
      product(n, s.e, n, p.matrix().transposed(), g.row(first), g.stride, d_v.row(first), d_v.stride);
      later.rescale(scales[first]);
      later_transposed.rescale(scales[first]);
      const Head gradients = scales.scaled(g, first, n, s.e, later.log_scale, scaled);
      product(s.d, s.e, n, q.from(first).transposed(), gradients.data, gradients.stride, later.data(), s.e);
      wide_product(s.e, n, gradients.from(0).transposed(), q.row(first), q.stride, later_transposed.data(), s.d);
    }
  }
};

/// Adds the gradients that d_denominators cause to d_q and d_k.
void denominators_backward(const Sizes& s, Real real, bool causal, const Head& q, const Head& k,
                           const LogScales& scales, const std::vector<float>& d_denominators, const Head& d_q,
                           const Head& d_k) {
  if (real.keys == 0) return;
  ScaledSums sums(1, s.d, scales[0]), gradients(1, s.d, scales[real.keys - 1]);
  int64_t added = 0;
  for (int64_t m = 0; m < real.queries; ++m) {
    const int64_t end = causal ? m + 1 : real.keys;
    for (; added < end; ++added) {
      sums.rescale(scales[added]);
      add_scaled(sums.data(), k.row(added), 1, s.d);
    }
    add_scaled(d_q.row(m), sums.data(), d_denominators[m], s.d);
  }
  int64_t taken = real.queries;
  for (int64_t n = real.keys - 1; n >= 0; --n) {
    gradients.rescale(scales[n]);
    for (; taken > (causal ? n : 0); --taken)
      add_scaled(gradients.data(), q.row(taken - 1), d_denominators[taken - 1], s.d);
    add_scaled(d_k.row(n), gradients.data(), 1, s.d);
  }
}

}  // namespace

LinearAttentionInputs linear_attention_backward(const Tensor& gradient, const LinearAttentionInputs& x,
                                                const AttentionMask& mask, const Tensor& context,
                                                const Tensor& denominators) {
  const Sizes s(x);
  auto zeros = [&](int64_t length, int64_t width) {
    Tensor result = heads_tensor(s.batch, s.heads, length, width);
    result.fill(0);
    return result;
  };
  LinearAttentionInputs d{zeros(s.queries, s.d), zeros(s.keys, s.d), zeros(s.keys, s.e), zeros(s.queries, s.d),
                          zeros(s.keys, s.d)};
  const Tensor d_context = with_dense_rows(gradient);
  Tensor d_numerators = heads_tensor(s.batch, s.heads, s.queries, s.e);
  parallel_for(true, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Real real(mask, s, b);
    const Head g(d_context, b, h), o(context, b, h), d_n(d_numerators, b, h);
    const LogScales scales(x.log_scales, n);
    std::vector<float> d_denominators(s.queries, 0.f);
    for (int64_t m = 0; m < real.queries; ++m) {
      const float denominator = denominators.data()[n * s.queries + m], factor = denominator == 0 ? 0 : 1 / denominator;
      for (int64_t c = 0; c < s.e; ++c) d_n.row(m)[c] = factor * g.row(m)[c];
      d_denominators[m] = -dot(d_n.row(m), o.row(m), s.e);
    }
    const Backward numerators{s,           real,        scales,      {x.q, b, h}, {x.k, b, h},
                              {x.v, b, h}, {d.q, b, h}, {d.k, b, h}, {d.v, b, h}, d_n};
    mask.causal ? numerators.causal() : numerators.everything();
    denominators_backward(s, real, mask.causal, {x.plain_q, b, h}, {x.plain_k, b, h}, scales, d_denominators,
                          {d.plain_q, b, h}, {d.plain_k, b, h});
  });
  return d;
}

}  // namespace rotor
