// Linear attention and its gradients by plain loops over queries and keys in double, to compare with.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/element.h"
#include "kernel/linear_attention.h"
#include "random_tensor.h"

namespace rotor {

struct PlainLinearAttention {
  Tensor context, denominators;
  LinearAttentionInputs gradients;  ///< given that of the context
};

inline PlainLinearAttention plain_linear_attention(const LinearAttentionInputs& x, const AttentionMask& mask,
                                                   const Tensor& gradient) {
  const int64_t batch = x.k.size(0), heads = x.k.size(1), queries = x.q.size(2), keys = x.k.size(2), d = x.k.size(3),
                e = x.v.size(3);
  const auto zeros = [&](int64_t length, int64_t width) { return Tensor::zeros({batch, heads, length, width}); };
  PlainLinearAttention r{zeros(queries, e),
                         Tensor::zeros({batch, heads, queries}),
                         {zeros(queries, d), zeros(keys, d), zeros(keys, e), zeros(queries, d), zeros(keys, d)}};
  for (int64_t n = 0; n < batch * heads; ++n) {
    const int64_t b = n / heads, h = n % heads, real = std::min(keys, mask.visible(b, 0, queries, keys).end);
    const auto of = [&](const Tensor& y, int64_t i, int64_t c) { return element(y, b, h, i, c); };
    const auto to = [&](const Tensor& y, int64_t i, int64_t c) -> float& {
      return y.data()[(n * y.size(2) + i) * y.size(3) + c];
    };
    const auto dot = [&](const Tensor& u, int64_t i, const Tensor& w, int64_t j) {
      double sum = 0;
      for (int64_t c = 0; c < u.size(3); ++c) sum += of(u, i, c) * of(w, j, c);
      return sum;
    };
    for (int64_t m = 0; m < mask.queries(b, queries); ++m) {
      if (mask.causal && m >= real) break;  // queries and keys have the same padding
      const int64_t seen = mask.visible(b, m, keys).end;
      const auto scale = [&](int64_t j) {
        return x.log_scales.defined() ? std::exp(element(x.log_scales, b, h, j) - element(x.log_scales, b, h, m)) : 1;
      };
      std::vector<double> o(e, 0);
      double denominator = 0;
      for (int64_t j = 0; j < seen; ++j) {
        denominator += scale(j) * dot(x.plain_q, m, x.plain_k, j);
        for (int64_t c = 0; c < e; ++c) o[c] += scale(j) * dot(x.q, m, x.k, j) * of(x.v, j, c);
      }
      r.denominators.data()[n * queries + m] = static_cast<float>(denominator);
      if (seen == 0) continue;
      double d_denominator = 0;
      for (int64_t c = 0; c < e; ++c) {
        o[c] /= denominator;
        to(r.context, m, c) = static_cast<float>(o[c]);
        d_denominator -= of(gradient, m, c) * o[c] / denominator;
      }
      for (int64_t j = 0; j < seen; ++j) {
        double d_product = 0;
        for (int64_t c = 0; c < e; ++c) {
          const double d_numerator = scale(j) * of(gradient, m, c) / denominator;
          d_product += d_numerator * of(x.v, j, c);
          to(r.gradients.v, j, c) += static_cast<float>(d_numerator * dot(x.q, m, x.k, j));
        }
        for (int64_t c = 0; c < d; ++c) {
          to(r.gradients.q, m, c) += static_cast<float>(d_product * of(x.k, j, c));
          to(r.gradients.k, j, c) += static_cast<float>(d_product * of(x.q, m, c));
          to(r.gradients.plain_q, m, c) += static_cast<float>(scale(j) * d_denominator * of(x.plain_k, j, c));
          to(r.gradients.plain_k, j, c) += static_cast<float>(scale(j) * d_denominator * of(x.plain_q, m, c));
        }
      }
    }
  }
  return r;
}

/// Inputs of 2 sentences and 3 heads of random numbers, the plain features positive; with log scales that rise, and at
/// some keys do not, if `scaled`.
inline LinearAttentionInputs random_inputs(int64_t queries, int64_t keys, int64_t d, int64_t e, bool scaled = false) {
  const auto heads = [](int64_t length, int64_t width, uint64_t seed) {
    return laid_out_as_transposed(random_tensor({2, 3, length, width}, seed), 1, 2);
  };
  LinearAttentionInputs x{heads(queries, d, 1), heads(keys, d, 2), heads(keys, e, 3),
                          random_tensor({2, 3, queries, d}, 4), heads(keys, d, 5)};
  for (const Tensor& plain : {x.plain_q, x.plain_k}) {
    for (int64_t i = 0; i < plain.elements(); ++i) plain.data()[i] = 0.1f + std::abs(plain.data()[i]);
  }
  if (!scaled) return x;
  x.log_scales = random_tensor({2, 3, keys}, 6, 3);
  for (int64_t i = 0; i < x.log_scales.elements(); ++i) {
    float* scale = x.log_scales.data() + i;
    if (i % keys > 0) *scale = std::max(scale[-1], 0.2f * static_cast<float>(i % keys) + *scale);
  }
  return x;
}

}  // namespace rotor
