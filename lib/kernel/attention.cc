#include "kernel/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kQueryBlock = 48;  // queries at a time: bounds the scratch memory of long sentences

/// Sizes of one call. `group` query heads in turn share a head of keys and values.
struct Sizes {
  Sizes(const Heads& q, const Heads& k, const Heads& v)
      : batch(q.batch()),
        heads(q.heads()),
        group(count_sharing(q.heads(), k.heads())),
        queries(q.length()),
        keys(k.length()),
        width(q.width()) {
    ROTOR_CHECK(v.heads() == k.heads(), "expected as many heads of values as of keys, {}, got {}", k.heads(),
                v.heads());
  }
  int64_t batch, heads, group, queries, keys, width;
};

/// Up to kQueryBlock queries of one sentence, and the keys that any of them sees. A row of scores has a column for each
/// of these keys. They begin at a multiple of kLanes, so that the order of a query's sums does not depend on the
/// queries beside it.
struct Block {
  Block(const AttentionMask& mask, int64_t b, int64_t first, int64_t queries, int64_t keys)
      : first(first), count(std::min(kQueryBlock, queries - first)), seen(mask.visible(b, first, count, keys)) {
    if (seen.size() > 0) seen.begin -= seen.begin % kLanes;
  }
  int64_t stride() const { return whole_vectors(seen.size()); }
  /// The columns of the keys that query `first` + i sees.
  KeyRange columns(const AttentionMask& mask, int64_t b, int64_t i) const {
    const KeyRange keys = mask.visible(b, first + i, seen.end);
    return {keys.begin - seen.begin, keys.end - seen.begin};
  }

  int64_t first, count;
  KeyRange seen;
};

/// Scratch of one thread, kept from call to call.
float* scratch(int which, int64_t elements) {
  thread_local std::vector<float> buffers[5];
  auto& buffer = buffers[which];
  if (static_cast<int64_t>(buffer.size()) < elements) buffer.resize(elements);
  return buffer.data();
}

/// The first n rows of x, transposed, in this thread's scratch: [width, whole_vectors(n)], zeros in the padding.
const float* transposed(const Head& x, int64_t n, int64_t width, int which) {
  const int64_t stride = whole_vectors(n);
  float* to = scratch(which, width * stride);
  transpose(x.data, x.stride, n, width, to, stride);
  return to;
}

/// The counter of a weight's dropout mask is its place in [B, H, Tq, Tk]: that of column 0 of row i of a block.
uint64_t mask_index(const Sizes& sizes, int64_t b, int64_t h, const Block& block, int64_t i) {
  const int64_t row = (b * sizes.heads + h) * sizes.queries + block.first + i;
  return static_cast<uint64_t>(row * sizes.keys + block.seen.begin);
}

/// The first rows of x times a factor, in scratch memory unless the factor is 1.
Head scaled(const Head& x, int64_t rows, int64_t width, float factor) {
  if (factor == 1) return x;
  const Head to(scratch(4, rows * width), width);
  for (int64_t i = 0; i < rows; ++i) {
#pragma omp simd
    for (int64_t c = 0; c < width; ++c) to.row(i)[c] = factor * x.row(i)[c];
  }
  return to;
}

void drop_keys(float* row, KeyRange keys, const Dropout::Mask& mask, uint64_t first) {
  const Dropout::Mask own = mask.part(first >> 32);
  const auto from = static_cast<uint32_t>(first);
#pragma omp simd
  for (int64_t j = keys.begin; j < keys.end; ++j) row[j] *= own(from + static_cast<uint32_t>(j));
}

struct Forward {
  const Heads &q, &k, &v, &context;
  Sizes sizes;
  const AttentionMask& mask;
  const Dropout& dropout;
  float* log_sums;  // [B, H, Tq] or null
  float scale;

  /// scores -> weights of a block of queries, in place.
  void weights(int64_t b, int64_t h, const Block& block, float* scores) const {
    const Dropout::Mask drop(dropout);
    const int64_t stride = block.stride();
    for (int64_t i = 0; i < block.count; ++i) {
      float* row = scores + i * stride;
      const KeyRange keys = block.columns(mask, b, i);
      const float largest = keys.size() > 0 ? maximum(row + keys.begin, keys.size()) : 0;
      const Vector sums = exponentials(row, keys.begin, keys.end, stride, largest);
      float sum = 0;
      for (int lane = 0; lane < kLanes; ++lane) sum += sums[lane];
      scale_row(row, stride, keys.size() > 0 ? 1 / sum : 0);
      if (log_sums) log_sums[(b * sizes.heads + h) * sizes.queries + block.first + i] = largest + std::log(sum);
      if (dropout.active()) drop_keys(row, keys, drop, mask_index(sizes, b, h, block, i));
    }
  }

  void head(int64_t b, int64_t h) const {
    const int64_t queries = mask.queries(b, q.size(b)), keys = mask.visible(b, 0, queries, k.size(b)).end;
    const int64_t shared = h / sizes.group;
    const Head from = scaled(q(b, h), queries, sizes.width, scale), values = v(b, shared), o = context(b, h);
    zero_rows(o, queries, q.size(b), sizes.width);
    const int64_t key_stride = whole_vectors(keys);
    const float* k_transposed = transposed(k(b, shared), keys, sizes.width, 0);
    for (int64_t first = 0; first < queries; first += kQueryBlock) {
      const Block block(mask, b, first, queries, keys);
      const int64_t count = block.count, stride = block.stride();
      if (stride == 0) {
        zero_rows(o, first, first + count, sizes.width);
        continue;
      }
      float* scores = scratch(1, count * stride);
      small_gemm(count, stride, sizes.width, from.from(first), k_transposed + block.seen.begin, key_stride, scores,
                 stride, false);
      weights(b, h, block, scores);
      small_gemm(count, sizes.width, block.seen.size(), {scores, stride, 1}, values.row(block.seen.begin),
                 values.stride, o.row(first), o.stride, false);
    }
  }
};

/// d scores = weights ∘ (mask ∘ d weights − Σ_j weights ∘ mask ∘ d weights); weights ∘ mask stays in `weights`
/// for d v.
struct Backward {
  const Heads &q, &k, &v, &gradient, &d_q, &d_k, &d_v;
  Sizes sizes;
  const AttentionMask& mask;
  const Dropout& dropout;
  const float* log_sums;
  float scale;

  void scores(int64_t b, int64_t h, const Block& block, float* weights, float* d_scores) const {
    const Dropout::Mask drop(dropout);
    const int64_t stride = block.stride();
    for (int64_t i = 0; i < block.count; ++i) {
      float *w = weights + i * stride, *d = d_scores + i * stride;
      const KeyRange keys = block.columns(mask, b, i);
      exponentials(w, keys.begin, keys.end, stride, log_sums[(b * sizes.heads + h) * sizes.queries + block.first + i]);
      const uint64_t index = mask_index(sizes, b, h, block, i);
      if (dropout.active()) drop_keys(d, keys, drop, index);
      float product = 0;
#pragma omp simd reduction(+ : product)
      for (int64_t j = keys.begin; j < keys.end; ++j) product += w[j] * d[j];
#pragma omp simd
      for (int64_t j = 0; j < stride; ++j) d[j] = w[j] * (d[j] - product);
      if (dropout.active()) drop_keys(w, keys, drop, index);
    }
  }

  /// A head of keys and values; the query heads that share it add their gradients in turn.
  void key_head(int64_t b, int64_t h) const {
    const int64_t keys = mask.visible(b, 0, mask.queries(b, q.size(b)), k.size(b)).end;
    zero_rows(d_k(b, h), 0, k.size(b), sizes.width);
    zero_rows(d_v(b, h), 0, k.size(b), sizes.width);
    const float* k_transposed = transposed(k(b, h), keys, sizes.width, 0);
    const float* v_transposed = transposed(v(b, h), keys, sizes.width, 2);
    for (int64_t i = 0; i < sizes.group; ++i) query_head(b, h * sizes.group + i, keys, k_transposed, v_transposed);
  }

  void query_head(int64_t b, int64_t h, int64_t keys, const float* k_transposed, const float* v_transposed) const {
    const int64_t queries = mask.queries(b, q.size(b)), shared = h / sizes.group;
    const int64_t key_stride = whole_vectors(keys), width = sizes.width;
    const Head from = scaled(q(b, h), queries, width, scale), with = k(b, shared), d_o = gradient(b, h);
    const Head to_q = d_q(b, h), to_k = d_k(b, shared), to_v = d_v(b, shared);
    zero_rows(to_q, queries, q.size(b), width);
    for (int64_t first = 0; first < queries; first += kQueryBlock) {
      const Block block(mask, b, first, queries, keys);
      const int64_t count = block.count, stride = block.stride(), begin = block.seen.begin, seen = block.seen.size();
      if (stride == 0) {
        zero_rows(to_q, first, first + count, width);
        continue;
      }
      float *weights = scratch(1, count * stride), *d_scores = scratch(3, count * stride);
      const SmallMatrix w{weights, stride, 1}, d{d_scores, stride, 1};
      small_gemm(count, stride, width, from.from(first), k_transposed + begin, key_stride, weights, stride, false);
      small_gemm(count, stride, width, d_o.from(first), v_transposed + begin, key_stride, d_scores, stride, false);
      scores(b, h, block, weights, d_scores);
      small_gemm(count, width, seen, d, with.row(begin), with.stride, to_q.row(first), to_q.stride, false);
      small_gemm(seen, width, count, d.transposed(), from.row(first), from.stride, to_k.row(begin), to_k.stride, true);
      small_gemm(seen, width, count, w.transposed(), d_o.row(first), d_o.stride, to_v.row(begin), to_v.stride, true);
    }
    for (int64_t i = 0; scale != 1 && i < queries; ++i) scale_row(to_q.row(i), width, scale);
  }
};

}  // namespace

Tensor fused_attention(const Heads& q, const Heads& k, const Heads& v, const AttentionMask& mask,
                       const Dropout& dropout, const Tensor& log_sums, float scale) {
  const Sizes sizes(q, k, v);
  const Heads context = q.fresh();
  float* sums = log_sums.defined() ? log_sums.span().data() : nullptr;
  const Forward forward{q, k, v, context, sizes, mask, dropout, sums, scale};
  const int64_t count = sizes.batch * sizes.heads;
  parallel_for(context.tensor().elements() * sizes.keys > kParallelElements, count,
               [&](int64_t n) { forward.head(n / sizes.heads, n % sizes.heads); });
  return context.tensor();
}

AttentionGradients fused_attention_backward(const Tensor& gradient, const Heads& q, const Heads& k, const Heads& v,
                                            const AttentionMask& mask, const Dropout& dropout, const Tensor& log_sums,
                                            float scale) {
  const Sizes sizes(q, k, v);
  const Heads d_o = q.of(gradient), d_q = q.fresh(), d_k = k.fresh(), d_v = v.fresh();
  const Backward backward{q, k, v, d_o, d_q, d_k, d_v, sizes, mask, dropout, log_sums.span().data(), scale};
  parallel_for(true, sizes.batch * k.heads(), [&](int64_t n) { backward.key_head(n / k.heads(), n % k.heads()); });
  return {d_q.tensor(), d_k.tensor(), d_v.tensor()};
}

}  // namespace rotor
