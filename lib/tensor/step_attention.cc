#include "tensor/step_attention.h"

#include <vector>

#include "tensor/heads.h"
#include "tensor/parallel.h"
#include "tensor/simd.h"

namespace rotor {
namespace {

int64_t whole_vectors(int64_t n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// Vectors of `width` floats; a width known to the compiler makes short loops straight.
template <int kWidth>
struct Row {
  explicit Row(int64_t width) : width_(width) {}
  int64_t size() const { return kWidth ? kWidth : width_; }

  float dot(const float* a, const float* b) const {
    Vector sums = {};
    int64_t c = 0;
    for (; c + kLanes <= size(); c += kLanes) sums += load(a + c) * load(b + c);
    float sum = sum_lanes(sums);
    for (; c < size(); ++c) sum += a[c] * b[c];
    return sum;
  }
  void add(float factor, const float* from, float* to) const {
#pragma omp simd
    for (int64_t c = 0; c < size(); ++c) to[c] += factor * from[c];
  }

 private:
  int64_t width_;
};

/// scores -> e^(score − largest); returns 1 / their sum. Room for whole vectors is overwritten.
float exponentials(float* scores, int64_t n) {
  const float largest = maximum(scores, n);
  float sums[kLanes] = {};
  for (int64_t t = 0; t < n; t += kLanes) {
#pragma omp simd
    for (int lane = 0; lane < kLanes; ++lane) {
      const float e = fast_exp(scores[t + lane] - largest);
      scores[t + lane] = t + lane < n ? e : 0.f;
      sums[lane] += scores[t + lane];
    }
  }
  return 1 / sum_lanes(load(sums));
}

template <int kWidth>
void attend_row(const Tensor& q, int64_t r, std::span<const CachedPosition> positions, const int32_t* origins,
                float* scores, const Tensor& context) {
  const Row<kWidth> row(q.size(3));
  const auto n = static_cast<int64_t>(positions.size());
  for (int64_t h = 0; h < q.size(1); ++h) {
    const float* query = q.data() + r * q.stride(0) + h * q.stride(1);
    for (int64_t t = 0; t < n; ++t) {
      const CachedPosition& at = positions[t];
      scores[t] = row.dot(query, at.key + origins[t] * at.key_row + h * at.key_head);
    }
    const float scale = exponentials(scores, n);
    float* to = context.data() + r * context.stride(0) + h * context.stride(1);
    std::fill_n(to, row.size(), 0.f);
    for (int64_t t = 0; t < n; ++t) {
      const CachedPosition& at = positions[t];
      row.add(scores[t] * scale, at.value + origins[t] * at.value_row + h * at.value_head, to);
    }
  }
}

}  // namespace

Tensor step_attention(const Tensor& q, std::span<const CachedPosition> positions, std::span<const int32_t> origins) {
  const int64_t rows = q.size(0), width = q.size(3), n = static_cast<int64_t>(positions.size());
  CHECK(q.rank() == 4 && q.size(2) == 1 && q.stride(3) == 1, "expected one query a row, contiguous, got {}",
        q.shape().str());
  CHECK(n > 0 && static_cast<int64_t>(origins.size()) == rows * n, "expected {} origins, got {}", rows * n,
        origins.size());
  Tensor context = heads_tensor(rows, q.size(1), 1, width);
  const auto attend = width == 64 ? attend_row<64> : width == 32 ? attend_row<32> : attend_row<0>;
  parallel_for(context.elements() * n > 65536, rows, [&](int64_t r) {
    thread_local std::vector<float> scores;
    if (std::ssize(scores) < n + kLanes) scores.resize(n + kLanes);
    attend(q, r, positions, origins.data() + r * n, scores.data(), context);
  });
  return context;
}

Tensor transposed_keys(const Tensor& k) {
  const int64_t stride = whole_vectors(k.size(2));
  const Tensor result = Tensor::zeros({k.size(0), k.size(1), k.size(3), stride});
  result.narrow(3, 0, k.size(2)).copy_from(k.transpose(2, 3));
  return result;
}

Tensor memory_attention(const Tensor& q, const Tensor& keys, const Tensor& values, std::span<const int32_t> origins,
                        std::span<const int32_t> lengths) {
  const int64_t batch = q.size(0), heads = q.size(1), queries = q.size(2), width = q.size(3);
  CHECK(std::ssize(origins) == batch && std::ssize(lengths) == batch, "expected {} origins and lengths, got {} and {}",
        batch, origins.size(), lengths.size());
  const Tensor context = heads_tensor(batch, heads, queries, width);
  parallel_for(context.elements() * values.size(2) > 65536, batch * heads, [&](int64_t n) {
    const int64_t b = n / heads, h = n % heads, length = lengths[b], stride = whole_vectors(length);
    thread_local std::vector<float> scores;
    if (std::ssize(scores) < queries * stride) scores.resize(queries * stride);
    const Head from(q, b, h), k(keys, origins[b], h), v(values, origins[b], h), to(context, b, h);
    small_gemm(queries, stride, width, from.from(0), k.data, k.stride, scores.data(), stride, false);
    for (int64_t i = 0; i < queries; ++i) {
      float* row = scores.data() + i * stride;
      const float scale = exponentials(row, length);
#pragma omp simd
      for (int64_t t = 0; t < length; ++t) row[t] *= scale;
    }
    small_gemm(queries, width, length, {scores.data(), stride, 1}, v.data, v.stride, to.data, to.stride, false);
  });
  return context;
}

}  // namespace rotor
