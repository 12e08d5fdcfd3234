#include "kernel/linear_attention.h"

#include <algorithm>

#include "kernel/linear_parts.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

using namespace linear_parts;

/// o = numerators of the real queries, those of a causal mask times e^(−c_m).
void numerators(const Sizes& s, Real real, bool causal, const Head& q, const Head& k, const Head& v,
                const LogScales& scales, ScaledSums& sums, const Head& o) {
  if (!causal) {
    product(s.d, s.e, real.keys, k.from(0).transposed(), v.data, v.stride, sums.data(), s.e);
    product(real.queries, s.e, s.d, q.from(0), sums.data(), s.e, o.data, o.stride, false);
    return;
  }
  Scratch transposed(s.d, kChunk), p(kChunk, kChunk), scaled(kChunk, s.e);
  for (int64_t first = 0; first < real.queries; first += kChunk) {
    const int64_t n = std::min(kChunk, real.queries - first);
    product(n, s.e, s.d, q.from(first), sums.data(), s.e, o.row(first), o.stride, false);
    scales.scale_rows(o, first, n, s.e, sums.log_scale);
    causal_products(q, k, first, n, s.d, scales, transposed, p);
    product(n, s.e, n, p.matrix(), v.row(first), v.stride, o.row(first), o.stride);
    sums.rescale(scales[first + n - 1]);
    const Head values = scales.scaled(v, first, n, s.e, sums.log_scale, scaled);
    product(s.d, s.e, n, k.from(first).transposed(), values.data, values.stride, sums.data(), s.e);
  }
}

/// denominators[m] = q'_m · (sums + Σ k'_n), times e^(−c_m), and o divided by them.
void divide(const Sizes& s, Real real, bool causal, const Head& q, const Head& k, const LogScales& scales,
            ScaledSums& sums, float* denominators, const Head& o) {
  int64_t added = 0;
  auto add_until = [&](int64_t end) {
    for (; added < end; ++added) {
      sums.rescale(scales[added]);
      add_scaled(sums.data(), k.row(added), 1, s.d);
    }
  };
  if (!causal) add_until(real.keys);
  for (int64_t m = 0; m < real.queries; ++m) {
    if (causal) add_until(m + 1);
    denominators[m] = dot(q.row(m), sums.data(), s.d);
    const float factor = denominators[m] == 0 ? 0 : 1 / denominators[m];
    for (int64_t c = 0; c < s.e; ++c) o.row(m)[c] *= factor;
  }
  std::fill(denominators + real.queries, denominators + s.queries, 0.f);
}

/// Whether no log scale is below the one before it, nor the first ones below those of the past.
bool rise(const Tensor& log_scales, const Tensor& past) {
  const int64_t length = log_scales.size(2);
  for (int64_t n = 0; n < log_scales.elements(); ++n) {
    const bool is_first = n % length == 0;
    if (is_first && !past.defined()) continue;
    if (log_scales.data()[n] < (is_first ? past.data()[n / length] : log_scales.data()[n - 1])) return false;
  }
  return true;
}

void check(const LinearAttentionInputs& x, const AttentionMask& mask, const LinearAttentionSums& past) {
  ROTOR_CHECK(mask.window == 0, "linear attention sums over all keys before a query: expected no window, got {}",
              mask.window);
  for (const Tensor* tensor : {&x.q, &x.k, &x.v, &x.plain_q, &x.plain_k}) {
    ROTOR_CHECK(tensor->rank() == 4 && tensor->stride(3) == 1,
                "expected [B, H, T, d] with a contiguous last axis, got {}", tensor->shape().str());
  }
  ROTOR_CHECK(!mask.causal || x.q.size(2) == x.k.size(2),
              "expected as many queries as keys in causal attention, got {} and {}", x.q.size(2), x.k.size(2));
  ROTOR_CHECK(!past.defined() || past.log_scales.defined() == x.log_scales.defined(),
              "expected log scales of the past keys and of the new ones, or of neither");
  if (!x.log_scales.defined()) return;
  const Shape expected{x.k.size(0), x.k.size(1), x.k.size(2)};
  ROTOR_CHECK(mask.causal && x.log_scales.shape() == expected && x.log_scales.is_contiguous(),
              "expected log scales {} and a causal mask, got {}", expected.str(), x.log_scales.shape().str());
  ROTOR_CHECK(rise(x.log_scales, past.log_scales), "expected log scales that never fall from a key to the next");
}

/// The sums over all keys before, of head n, or zeros.
ScaledSums copy_of(const Tensor& past, const Tensor& log_scales, int64_t n, int64_t rows, int64_t columns,
                   float first_scale) {
  ScaledSums sums(rows, columns, log_scales.defined() ? log_scales.data()[n] : first_scale);
  if (past.defined()) std::copy_n(past.data() + n * rows * columns, rows * columns, sums.data());
  return sums;
}

}  // namespace

void LinearAttentionSums::add_keys(const LinearAttentionInputs& x) {
  const Sizes s(x);
  const bool scaled = x.log_scales.defined();
  if (!defined()) {
    products = Tensor::zeros({s.batch, s.heads, s.d, s.e});
    plain = Tensor::zeros({s.batch, s.heads, s.d});
    if (scaled) log_scales = x.log_scales.narrow(2, 0, 1).clone().reshape({s.batch, s.heads});
  }
  parallel_for(products.elements() > kParallelElements, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Head k(x.k, b, h), v(x.v, b, h), plain_k(x.plain_k, b, h);
    float *of_products = products.data() + n * s.d * s.e, *of_plain = plain.data() + n * s.d;
    const LogScales scales(x.log_scales, n);
    const float newest = scales[s.keys - 1];
    if (scaled && log_scales.data()[n] != newest) {
      const float factor = std::exp(log_scales.data()[n] - newest);
      scale_row(of_products, s.d * s.e, factor);
      scale_row(of_plain, s.d, factor);
      log_scales.data()[n] = newest;
    }
    Scratch room(scaled ? s.keys : 0, s.e);
    const Head values = scales.scaled(v, 0, s.keys, s.e, newest, room);
    product(s.d, s.e, s.keys, k.from(0).transposed(), values.data, values.stride, of_products, s.e);
    for (int64_t i = 0; i < s.keys; ++i) add_scaled(of_plain, plain_k.row(i), scales.ratio(i, newest), s.d);
  });
}

Tensor linear_attention(const LinearAttentionInputs& x, const AttentionMask& mask, const LinearAttentionSums& past,
                        const Tensor& denominators) {
  check(x, mask, past);
  const Sizes s(x);
  Tensor context = heads_tensor(s.batch, s.heads, s.queries, s.e);
  parallel_for(x.k.elements() > 1024, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Real real(mask, s, b);
    const Head o(context, b, h);
    const LogScales scales(x.log_scales, n);
    ScaledSums sums = copy_of(past.products, past.log_scales, n, s.d, s.e, scales[0]);
    ScaledSums plain = copy_of(past.plain, past.log_scales, n, 1, s.d, scales[0]);
    numerators(s, real, mask.causal, {x.q, b, h}, {x.k, b, h}, {x.v, b, h}, scales, sums, o);
    divide(s, real, mask.causal, {x.plain_q, b, h}, {x.plain_k, b, h}, scales, plain,
           denominators.data() + n * s.queries, o);
    zero_rows(o, real.queries, s.queries, s.e);
  });
  return context;
}

}  // namespace rotor
