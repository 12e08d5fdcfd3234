#include "tensor/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "tensor/heads.h"
#include "tensor/simd.h"

namespace rotor {
namespace {

constexpr int64_t kQueryBlock = 48;  // queries at a time: bounds the scratch memory of long sentences

int64_t padded(int64_t n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// Sizes of one call.
struct Sizes {
  Sizes(const Tensor& q, const Tensor& k)
      : batch(q.size(0)), heads(q.size(1)), queries(q.size(2)), keys(k.size(2)), width(q.size(3)) {}
  int64_t batch, heads, queries, keys, width;
};

/// Scratch of one thread, kept from call to call.
float* scratch(int which, int64_t elements) {
  thread_local std::vector<float> buffers[4];
  auto& buffer = buffers[which];
  if (static_cast<int64_t>(buffer.size()) < elements) buffer.resize(elements);
  return buffer.data();
}

/// x [n, width] transposed to [width, padded(n)], zeros in the padding.
const float* transpose(const Head& x, int64_t n, int64_t width, float* to) {
  const int64_t stride = padded(n);
  for (int64_t c = 0; c < width; ++c) {
    for (int64_t i = 0; i < n; ++i) to[c * stride + i] = x.row(i)[c];
    for (int64_t i = n; i < stride; ++i) to[c * stride + i] = 0;
  }
  return to;
}

/// row[j] = e^(row[j] − shift) for j < visible, 0 up to `size`, a multiple of kLanes. Returns the sum.
float exponentials(float* row, int64_t visible, int64_t size, float shift) {
  float sums[kLanes] = {};
  for (int64_t j = 0; j < size; j += kLanes) {
#pragma omp simd
    for (int lane = 0; lane < kLanes; ++lane) {
      const float e = fast_exp(row[j + lane] - shift);
      row[j + lane] = j + lane < visible ? e : 0.f;
      sums[lane] += row[j + lane];
    }
  }
  float sum = 0;
  for (float part : sums) sum += part;
  return sum;
}

/// What a weight's dropout mask is counted by: its place in [B, H, Tq, Tk].
uint32_t mask_index(const Sizes& sizes, int64_t b, int64_t h, int64_t i) {
  return static_cast<uint32_t>(((b * sizes.heads + h) * sizes.queries + i) * sizes.keys);
}

void scale_by_mask(float* row, int64_t n, const Dropout::Mask& mask, uint32_t first) {
#pragma omp simd
  for (int64_t j = 0; j < n; ++j) row[j] *= mask(first + static_cast<uint32_t>(j));
}

struct Forward {
  Sizes sizes;
  const AttentionMask& mask;
  const Dropout& dropout;
  float* log_sums;  // [B, H, Tq] or null

  /// scores -> weights of one block of queries; returns nothing, works in place on rows of `stride`.
  void weights(int64_t b, int64_t h, int64_t first, int64_t count, float* scores, int64_t stride) const {
    const Dropout::Mask drop(dropout);
    for (int64_t i = 0; i < count; ++i) {
      float* row = scores + i * stride;
      const int64_t visible = mask.visible(b, first + i, sizes.keys);
      const float largest = visible > 0 ? maximum(row, visible) : 0;
      const float sum = exponentials(row, visible, stride, largest);
      const float scale = visible > 0 ? 1 / sum : 0;
#pragma omp simd
      for (int64_t j = 0; j < stride; ++j) row[j] *= scale;
      if (log_sums) log_sums[(b * sizes.heads + h) * sizes.queries + first + i] = largest + std::log(sum);
      if (dropout.active()) scale_by_mask(row, visible, drop, mask_index(sizes, b, h, first + i));
    }
  }

  void head(int64_t b, int64_t h, const Head& q, const Head& k, const Head& v, const Head& o) const {
    const int64_t queries = mask.queries(b, sizes.queries);
    const int64_t keys = mask.key_lengths.empty() ? sizes.keys : std::min<int64_t>(sizes.keys, mask.key_lengths[b]);
    zero_rows(o, queries, sizes.queries, sizes.width);
    if (keys == 0) return zero_rows(o, 0, queries, sizes.width);
    const int64_t stride = padded(keys);
    const float* k_transposed = transpose(k, keys, sizes.width, scratch(0, sizes.width * stride));
    float* scores = scratch(1, kQueryBlock * stride);
    for (int64_t first = 0; first < queries; first += kQueryBlock) {
      const int64_t count = std::min(kQueryBlock, queries - first);
      small_gemm(count, stride, sizes.width, q.from(first), k_transposed, stride, scores, stride, false);
      weights(b, h, first, count, scores, stride);
      small_gemm(count, sizes.width, keys, {scores, stride, 1}, v.data, v.stride, o.row(first), o.stride, false);
    }
  }
};

/// d scores = weights ∘ (mask ∘ d weights − Σ_j d o · o); weights ∘ mask stays in `weights` for d v.
struct Backward {
  Sizes sizes;
  const AttentionMask& mask;
  const Dropout& dropout;
  const float* log_sums;

  void scores(int64_t b, int64_t h, int64_t first, int64_t count, float* weights, float* d_scores, int64_t stride,
              const Head& o, const Head& d_o) const {
    const Dropout::Mask drop(dropout);
    for (int64_t i = 0; i < count; ++i) {
      float *w = weights + i * stride, *d = d_scores + i * stride;
      const int64_t visible = mask.visible(b, first + i, sizes.keys);
      const float* context = o.row(first + i);
      const float* d_context = d_o.row(first + i);
      float product = 0;
#pragma omp simd reduction(+ : product)
      for (int64_t c = 0; c < sizes.width; ++c) product += context[c] * d_context[c];
      exponentials(w, visible, stride, log_sums[(b * sizes.heads + h) * sizes.queries + first + i]);
      if (dropout.active()) {
        const uint32_t index = mask_index(sizes, b, h, first + i);
#pragma omp simd
        for (int64_t j = 0; j < stride; ++j) {
          const float kept = drop(index + static_cast<uint32_t>(j));
          d[j] = w[j] * (kept * d[j] - product);
          w[j] *= kept;
        }
      } else {
#pragma omp simd
        for (int64_t j = 0; j < stride; ++j) d[j] = w[j] * (d[j] - product);
      }
    }
  }

  void head(int64_t b, int64_t h, const Head& q, const Head& k, const Head& v, const Head& o, const Head& d_o,
            const Head& d_q, const Head& d_k, const Head& d_v) const {
    const int64_t queries = mask.queries(b, sizes.queries);
    const int64_t keys = mask.key_lengths.empty() ? sizes.keys : std::min<int64_t>(sizes.keys, mask.key_lengths[b]);
    zero_rows(d_q, keys ? queries : 0, sizes.queries, sizes.width);
    zero_rows(d_k, 0, sizes.keys, sizes.width);
    zero_rows(d_v, 0, sizes.keys, sizes.width);
    if (keys == 0) return;
    const int64_t stride = padded(keys), width = sizes.width;
    const float* k_transposed = transpose(k, keys, width, scratch(0, width * stride));
    const float* v_transposed = transpose(v, keys, width, scratch(2, width * stride));
    float *weights = scratch(1, kQueryBlock * stride), *d_scores = scratch(3, kQueryBlock * stride);
    for (int64_t first = 0; first < queries; first += kQueryBlock) {
      const int64_t count = std::min(kQueryBlock, queries - first);
      const SmallMatrix w{weights, stride, 1}, d{d_scores, stride, 1};
      small_gemm(count, stride, width, q.from(first), k_transposed, stride, weights, stride, false);
      small_gemm(count, stride, width, d_o.from(first), v_transposed, stride, d_scores, stride, false);
      scores(b, h, first, count, weights, d_scores, stride, o, d_o);
      small_gemm(count, width, keys, d, k.data, k.stride, d_q.row(first), d_q.stride, false);
      small_gemm(keys, width, count, d.transposed(), q.row(first), q.stride, d_k.data, d_k.stride, true);
      small_gemm(keys, width, count, w.transposed(), d_o.row(first), d_o.stride, d_v.data, d_v.stride, true);
    }
  }
};

void check_heads(const Tensor& x, const char* name) {
  CHECK(x.rank() == 4 && x.stride(3) == 1, "expected {} as [B, H, T, d] with a contiguous last axis, got {}", name,
        x.shape().str());
}

}  // namespace

Tensor fused_attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionMask& mask,
                       const Dropout& dropout, const Tensor& log_sums) {
  check_heads(q, "queries");
  check_heads(k, "keys");
  check_heads(v, "values");
  const Sizes sizes(q, k);
  Tensor context = heads_tensor(sizes.batch, sizes.heads, sizes.queries, sizes.width);
  const Forward forward{sizes, mask, dropout, log_sums.defined() ? log_sums.span().data() : nullptr};
  auto head = [&](int64_t n) {
    const int64_t b = n / sizes.heads, h = n % sizes.heads;
    forward.head(b, h, {q, b, h}, {k, b, h}, {v, b, h}, {context, b, h});
  };
  const int64_t count = sizes.batch * sizes.heads;
  if (context.elements() * sizes.keys <= 16384) {  // too little for a team of threads, even of one
    for (int64_t n = 0; n < count; ++n) head(n);
    return context;
  }
#pragma omp parallel for schedule(dynamic, 4)
  for (int64_t n = 0; n < count; ++n) head(n);
  return context;
}

AttentionGradients fused_attention_backward(const Tensor& gradient, const Tensor& q, const Tensor& k, const Tensor& v,
                                            const AttentionMask& mask, const Dropout& dropout, const Tensor& context,
                                            const Tensor& log_sums) {
  check_heads(gradient, "gradients");
  const Sizes sizes(q, k);
  AttentionGradients d{heads_tensor(sizes.batch, sizes.heads, sizes.queries, sizes.width),
                       heads_tensor(sizes.batch, sizes.heads, sizes.keys, sizes.width),
                       heads_tensor(sizes.batch, sizes.heads, sizes.keys, sizes.width)};
  const Backward backward{sizes, mask, dropout, log_sums.span().data()};
#pragma omp parallel for schedule(dynamic, 4)
  for (int64_t n = 0; n < sizes.batch * sizes.heads; ++n) {
    const int64_t b = n / sizes.heads, h = n % sizes.heads;
    backward.head(b, h, {q, b, h}, {k, b, h}, {v, b, h}, {context, b, h}, {gradient, b, h}, {d.q, b, h}, {d.k, b, h},
                  {d.v, b, h});
  }
  return d;
}

}  // namespace rotor
