#include "kernel/linear_attention.h"

#include <algorithm>
#include <vector>

#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kChunk = 32;  // positions that the causal sums take at a time

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
void product(int64_t m, int64_t n, int64_t k, SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc,
             bool add = true) {
  if (m > 0 && n > 0 && k > 0) small_gemm(m, n, k, a, b, ldb, c, ldc, add);
}

/// to [columns, rows] = the first `rows` rows of x from row `first`, transposed.
void transpose(const Head& x, int64_t first, int64_t rows, int64_t columns, Scratch& to) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t c = 0; c < columns; ++c) to.data()[c * to.columns + i] = x.row(first + i)[c];
  }
}

/// p [n, n] = a[first …] · b[first …]ᵀ for n positions, 0 where the second comes after the first.
void causal_products(const Head& a, const Head& b, int64_t first, int64_t n, int64_t width, Scratch& transposed,
                     Scratch& p) {
  transpose(b, first, n, width, transposed);
  product(n, n, width, a.from(first), transposed.data(), transposed.columns, p.data(), p.columns, false);
  for (int64_t i = 0; i < n; ++i) std::fill(p.data() + i * p.columns + i + 1, p.data() + i * p.columns + n, 0.f);
}

float dot(const float* a, const float* b, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void add_scaled(float* to, const float* from, float factor, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

/// o = numerators of the real queries.
void numerators(const Sizes& s, Real real, bool causal, const Head& q, const Head& k, const Head& v, Scratch& sums,
                const Head& o) {
  if (!causal) {
    product(s.d, s.e, real.keys, k.from(0).transposed(), v.data, v.stride, sums.data(), s.e);
    product(real.queries, s.e, s.d, q.from(0), sums.data(), s.e, o.data, o.stride, false);
    return;
  }
  Scratch transposed(s.d, kChunk), p(kChunk, kChunk);
  for (int64_t first = 0; first < real.queries; first += kChunk) {
    const int64_t n = std::min(kChunk, real.queries - first);
    product(n, s.e, s.d, q.from(first), sums.data(), s.e, o.row(first), o.stride, false);
    causal_products(q, k, first, n, s.d, transposed, p);
    product(n, s.e, n, p.matrix(), v.row(first), v.stride, o.row(first), o.stride);
    product(s.d, s.e, n, k.from(first).transposed(), v.row(first), v.stride, sums.data(), s.e);
  }
}

/// denominators[m] = q'_m · (sums + Σ k'_n), and o divided by them.
void divide(const Sizes& s, Real real, bool causal, const Head& q, const Head& k, std::vector<float>& sums,
            float* denominators, const Head& o) {
  int64_t added = 0;
  auto add_until = [&](int64_t end) {
    for (; added < end; ++added) add_scaled(sums.data(), k.row(added), 1, s.d);
  };
  if (!causal) add_until(real.keys);
  for (int64_t m = 0; m < real.queries; ++m) {
    if (causal) add_until(m + 1);
    denominators[m] = dot(q.row(m), sums.data(), s.d);
    const float factor = denominators[m] > 0 ? 1 / denominators[m] : 0;
    for (int64_t c = 0; c < s.e; ++c) o.row(m)[c] *= factor;
  }
  std::fill(denominators + real.queries, denominators + s.queries, 0.f);
}

/// The gradients of one head's numerators and denominators.
struct Backward {
  Sizes s;
  Real real;
  Head q, k, v, d_q, d_k, d_v;
  Head g;  ///< of the numerators

  void everything() const {
    Scratch sums(s.e, s.d), gradients(s.d, s.e), gradients_transposed(s.e, s.d);
    product(s.e, s.d, real.keys, v.from(0).transposed(), k.data, k.stride, sums.data(), s.d);
    product(real.queries, s.d, s.e, g.from(0), sums.data(), s.d, d_q.data, d_q.stride);
    product(s.d, s.e, real.queries, q.from(0).transposed(), g.data, g.stride, gradients.data(), s.e);
    product(s.e, s.d, real.queries, g.from(0).transposed(), q.data, q.stride, gradients_transposed.data(), s.d);
    product(real.keys, s.d, s.e, v.from(0), gradients_transposed.data(), s.d, d_k.data, d_k.stride);
    product(real.keys, s.e, s.d, k.from(0), gradients.data(), s.e, d_v.data, d_v.stride);
  }

  void causal() const {
    Scratch v_transposed(s.e, kChunk), k_transposed(s.d, kChunk), w(kChunk, kChunk), p(kChunk, kChunk);
    Scratch sums(s.e, s.d);  // Σ v_n k_nᵀ of the keys before the chunk
    for (int64_t first = 0; first < real.keys; first += kChunk) {
      const int64_t n = std::min(kChunk, real.keys - first);
      product(n, s.d, s.e, g.from(first), sums.data(), s.d, d_q.row(first), d_q.stride);
      causal_products(g, v, first, n, s.e, v_transposed, w);
      product(n, s.d, n, w.matrix(), k.row(first), k.stride, d_q.row(first), d_q.stride);
      product(s.e, s.d, n, v.from(first).transposed(), k.row(first), k.stride, sums.data(), s.d);
    }
    Scratch later(s.d, s.e), later_transposed(s.e, s.d);  // Σ q_m g_mᵀ of the queries after the chunk
    for (int64_t first = (real.keys + kChunk - 1) / kChunk * kChunk - kChunk; first >= 0; first -= kChunk) {
      const int64_t n = std::min(kChunk, real.keys - first);
      product(n, s.d, s.e, v.from(first), later_transposed.data(), s.d, d_k.row(first), d_k.stride);
      causal_products(g, v, first, n, s.e, v_transposed, w);
      product(n, s.d, n, w.matrix().transposed(), q.row(first), q.stride, d_k.row(first), d_k.stride);
      product(n, s.e, s.d, k.from(first), later.data(), s.e, d_v.row(first), d_v.stride);
      causal_products(q, k, first, n, s.d, k_transposed, p);
      product(n, s.e, n, p.matrix().transposed(), g.row(first), g.stride, d_v.row(first), d_v.stride);
      product(s.d, s.e, n, q.from(first).transposed(), g.row(first), g.stride, later.data(), s.e);
      product(s.e, s.d, n, g.from(first).transposed(), q.row(first), q.stride, later_transposed.data(), s.d);
    }
  }
};

/// Adds the gradients that d_denominators cause to d_q and d_k.
void denominators_backward(const Sizes& s, Real real, bool causal, const Head& q, const Head& k,
                           const std::vector<float>& d_denominators, const Head& d_q, const Head& d_k) {
  std::vector<float> sums(s.d, 0.f), gradients(s.d, 0.f);
  int64_t added = 0;
  for (int64_t m = 0; m < real.queries; ++m) {
    const int64_t end = causal ? m + 1 : real.keys;
    for (; added < end; ++added) add_scaled(sums.data(), k.row(added), 1, s.d);
    add_scaled(d_q.row(m), sums.data(), d_denominators[m], s.d);
  }
  int64_t taken = real.queries;
  for (int64_t n = real.keys - 1; n >= 0; --n) {
    for (; taken > (causal ? n : 0); --taken)
      add_scaled(gradients.data(), q.row(taken - 1), d_denominators[taken - 1], s.d);
    add_scaled(d_k.row(n), gradients.data(), 1, s.d);
  }
}

void check(const LinearAttentionInputs& x, const AttentionMask& mask) {
  ROTOR_CHECK(mask.window == 0, "linear attention sums over all keys before a query: expected no window, got {}",
              mask.window);
  for (const Tensor* tensor : {&x.q, &x.k, &x.v, &x.plain_q, &x.plain_k}) {
    ROTOR_CHECK(tensor->rank() == 4 && tensor->stride(3) == 1,
                "expected [B, H, T, d] with a contiguous last axis, got {}", tensor->shape().str());
  }
  ROTOR_CHECK(!mask.causal || x.q.size(2) == x.k.size(2),
              "expected as many queries as keys in causal attention, got {} and {}", x.q.size(2), x.k.size(2));
}

}  // namespace

void LinearAttentionSums::add_keys(const LinearAttentionInputs& x) {
  const Sizes s(x);
  if (!defined()) {
    products = Tensor::zeros({s.batch, s.heads, s.d, s.e});
    plain = Tensor::zeros({s.batch, s.heads, s.d});
  }
  parallel_for(products.elements() > kParallelElements, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Head k(x.k, b, h), v(x.v, b, h), plain_k(x.plain_k, b, h);
    product(s.d, s.e, s.keys, k.from(0).transposed(), v.data, v.stride, products.data() + n * s.d * s.e, s.e);
    for (int64_t i = 0; i < s.keys; ++i) add_scaled(plain.data() + n * s.d, plain_k.row(i), 1, s.d);
  });
}

Tensor linear_attention(const LinearAttentionInputs& x, const AttentionMask& mask, const LinearAttentionSums& past,
                        const Tensor& denominators) {
  check(x, mask);
  const Sizes s(x);
  Tensor context = heads_tensor(s.batch, s.heads, s.queries, s.e);
  parallel_for(x.k.elements() > 1024, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Real real(mask, s, b);
    const Head o(context, b, h);
    Scratch sums(s.d, s.e);
    std::vector<float> plain(s.d, 0.f);
    if (past.defined()) {
      std::copy_n(past.products.data() + n * s.d * s.e, s.d * s.e, sums.data());
      std::copy_n(past.plain.data() + n * s.d, s.d, plain.data());
    }
    numerators(s, real, mask.causal, {x.q, b, h}, {x.k, b, h}, {x.v, b, h}, sums, o);
    divide(s, real, mask.causal, {x.plain_q, b, h}, {x.plain_k, b, h}, plain, denominators.data() + n * s.queries, o);
    zero_rows(o, real.queries, s.queries, s.e);
  });
  return context;
}

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
  const Tensor d_context = gradient.stride(3) == 1 ? gradient : gradient.contiguous();
  Tensor d_numerators = heads_tensor(s.batch, s.heads, s.queries, s.e);
  parallel_for(true, s.batch * s.heads, [&](int64_t n) {
    const int64_t b = n / s.heads, h = n % s.heads;
    const Real real(mask, s, b);
    const Head g(d_context, b, h), o(context, b, h), d_n(d_numerators, b, h);
    std::vector<float> d_denominators(s.queries, 0.f);
    for (int64_t m = 0; m < real.queries; ++m) {
      const float denominator = denominators.data()[n * s.queries + m], factor = denominator > 0 ? 1 / denominator : 0;
      for (int64_t c = 0; c < s.e; ++c) d_n.row(m)[c] = factor * g.row(m)[c];
      d_denominators[m] = -dot(d_n.row(m), o.row(m), s.e);
    }
    const Backward numerators{s,           real,        {x.q, b, h}, {x.k, b, h}, {x.v, b, h},
                              {d.q, b, h}, {d.k, b, h}, {d.v, b, h}, d_n};
    mask.causal ? numerators.causal() : numerators.everything();
    denominators_backward(s, real, mask.causal, {x.plain_q, b, h}, {x.plain_k, b, h}, d_denominators, {d.plain_q, b, h},
                          {d.plain_k, b, h});
  });
  return d;
}

}  // namespace rotor
