#include "kernel/step_attention.h"

#include <cstring>
#include <vector>

#include "kernel/heads.h"
#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kParallelStep = 65536;  // multiplications from which threads pay
/// All heads take so many positions before any takes the next ones, whose memory is fetched meanwhile: the heads of a
/// position lie side by side, and a long cache is read from main memory.
constexpr int64_t kChunk = 8;

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
  /// Adds weights[i] · from(i), i = 0 … n − 1, to `to`; sums of a known width stay in registers.
  template <typename From>
  void add_all(const float* weights, int64_t n, From from, float* to) const {
    if constexpr (kWidth == 0) {
      for (int64_t i = 0; i < n; ++i) add(weights[i], from(i), to);
    } else {
      constexpr int kVectors = kWidth / kLanes;
      Vector sums[kVectors];
      std::memcpy(sums, to, sizeof sums);
      for (int64_t i = 0; i < n; ++i) {
        const Vector weight = Vector{} + weights[i];
        const float* x = from(i);
        for (int c = 0; c < kVectors; ++c) sums[c] += weight * load(x + c * kLanes);
      }
      std::memcpy(to, sums, sizeof sums);
    }
  }
  void prefetch(const float* from) const {
    constexpr int64_t kCacheLine = 64 / sizeof(float);
    for (int64_t c = 0; c < size(); c += kCacheLine) __builtin_prefetch(from + c);
  }

 private:
  int64_t width_;
};

/// scores -> their softmax; overwrites the room up to whole vectors.
void softmax(float* scores, int64_t n) {
  const Vector sums = exponentials(scores, 0, n, whole_vectors(n), maximum(scores, n));
  scale_row(scores, n, 1 / sum_lanes(sums));
}

/// The rows of the visible positions that row r of the step reads.
const int32_t* origins_of(const CachedKeys& keys, int64_t r) {
  return keys.origins.data() + r * std::ssize(keys.positions) + keys.begin;
}

float* of_head(const Tensor& x, int64_t r, int64_t h) {
  return x.data() + r * x.stride(0) + h * x.stride(1);
}

/// Calls f(h, the head of keys and values that it uses, begin, end) for each query head h and positions begin … end −
/// 1, chunk by chunk.
template <typename F>
void for_chunks(int64_t heads, const CachedKeys& keys, F f) {
  const int64_t group = heads / keys.heads;
  for (int64_t begin = 0; begin < keys.size(); begin += kChunk) {
    const int64_t end = std::min(begin + kChunk, keys.size());
    for (int64_t h = 0; h < heads; ++h) f(h, h / group, begin, end);
  }
}

/// The scores of row r, a row of `stride` for each query head.
template <int kWidth>
void score(const Tensor& q, int64_t r, const CachedKeys& keys, float* scores, int64_t stride) {
  const Row<kWidth> row(q.size(3));
  const CachedPosition* positions = keys.positions.data() + keys.begin;
  const int32_t* origins = origins_of(keys, r);
  const int64_t count = keys.size();
  for_chunks(q.size(1), keys, [&](int64_t h, int64_t shared, int64_t begin, int64_t end) {
    const auto key = [=](int64_t t) {
      return positions[t].key + origins[t] * positions[t].key_row + shared * positions[t].key_head;
    };
    const float* query = of_head(q, r, h);
    for (int64_t t = begin; t < end; ++t) {
      if (t + kChunk < count) row.prefetch(key(t + kChunk));
      scores[h * stride + t] = row.dot(query, key(t));
    }
  });
}

/// The sums of the values of row r, by weights in a row of `stride` for each query head.
template <int kWidth>
void mix(const float* weights, int64_t stride, int64_t r, const CachedKeys& keys, const Tensor& context) {
  const Row<kWidth> row(context.size(3));
  const CachedPosition* positions = keys.positions.data() + keys.begin;
  const int32_t* origins = origins_of(keys, r);
  const int64_t count = keys.size();
  for (int64_t h = 0; h < context.size(1); ++h) std::fill_n(of_head(context, r, h), row.size(), 0.f);
  for_chunks(context.size(1), keys, [&](int64_t h, int64_t shared, int64_t begin, int64_t end) {
    const auto value = [=](int64_t t) {
      return positions[t].value + origins[t] * positions[t].value_row + shared * positions[t].value_head;
    };
    const auto next = [=](int64_t i) {
      if (begin + i + kChunk < count) row.prefetch(value(begin + i + kChunk));
      return value(begin + i);
    };
    row.add_all(weights + h * stride + begin, end - begin, next, of_head(context, r, h));
  });
}

template <int kWidth>
void attend_row(const Tensor& q, int64_t r, const CachedKeys& keys, const Tensor& context) {
  const int64_t heads = q.size(1), stride = whole_vectors(keys.size());
  thread_local std::vector<float> scores;
  if (std::ssize(scores) < heads * stride) scores.resize(heads * stride);
  score<kWidth>(q, r, keys, scores.data(), stride);
  for (int64_t h = 0; h < heads; ++h) softmax(scores.data() + h * stride, keys.size());
  mix<kWidth>(scores.data(), stride, r, keys, context);
}

/// Calls f.operator()<d>() with the width of a head if it is a common one, else 0.
template <typename F>
auto dispatch_width(int64_t width, F f) {
  return width == 64   ? f.template operator()<64>()
         : width == 32 ? f.template operator()<32>()
                       : f.template operator()<0>();
}

void check_step(const Tensor& q, const CachedKeys& keys) {
  ROTOR_CHECK(q.rank() == 4 && q.size(2) == 1 && q.stride(3) == 1, "expected one query a row, contiguous, got {}",
              q.shape().str());
  const int64_t positions = std::ssize(keys.positions);
  ROTOR_CHECK(keys.begin >= 0 && keys.begin < positions, "expected the first of {} positions to see, got {}", positions,
              keys.begin);
  ROTOR_CHECK(std::ssize(keys.origins) == q.size(0) * positions, "expected {} origins, got {}", q.size(0) * positions,
              keys.origins.size());
  count_sharing(q.size(1), keys.heads);
}

/// Checks what memory_attention() and memory_weights() read: `longest` is the number of keys of a row.
void check_memory(const Tensor& q, const Tensor& keys, std::span<const int32_t> origins,
                  std::span<const int32_t> lengths, int64_t longest) {
  const int64_t batch = q.size(0);
  ROTOR_CHECK(std::ssize(origins) == batch && std::ssize(lengths) == batch,
              "expected {} origins and lengths, got {} and {}", batch, origins.size(), lengths.size());
  ROTOR_CHECK(q.stride(3) == 1, "expected queries with a contiguous last axis, got {} with strides {}", q.shape().str(),
              q.strides().str());
  const int64_t most = std::min(longest, keys.size(3));
  for (const int32_t length : lengths) ROTOR_CHECK(length <= most, "expected at most {} keys, got {}", most, length);
}

/// softmax(q kᵀ) of a head: the queries' weights of the first `length` keys in rows of whole vectors, in memory that
/// the next call in this thread reuses.
float* weights_of(const Head& queries, const Head& keys, int64_t count, int64_t width, int64_t length) {
  const int64_t stride = whole_vectors(length);
  thread_local std::vector<float> weights;
  if (std::ssize(weights) < count * stride) weights.resize(count * stride);
  small_gemm(count, stride, width, queries.from(0), keys.data, keys.stride, weights.data(), stride, false);
  for (int64_t i = 0; i < count; ++i) softmax(weights.data() + i * stride, length);
  return weights.data();
}

}  // namespace

Tensor step_attention(const Tensor& q, const CachedKeys& keys) {
  check_step(q, keys);
  const Tensor context = heads_tensor(q.size(0), q.size(1), 1, q.size(3));
  dispatch_width(q.size(3), [&]<int kWidth>() {
    parallel_for(context.elements() * keys.size() > kParallelStep, q.size(0),
                 [&](int64_t r) { attend_row<kWidth>(q, r, keys, context); });
  });
  return context;
}

Tensor step_scores(const Tensor& q, const CachedKeys& keys) {
  check_step(q, keys);
  const Tensor scores({q.size(0), q.size(1), 1, keys.size()});
  dispatch_width(q.size(3), [&]<int kWidth>() {
    parallel_for(q.elements() * keys.size() > kParallelStep, q.size(0),
                 [&](int64_t r) { score<kWidth>(q, r, keys, of_head(scores, r, 0), keys.size()); });
  });
  return scores;
}

Tensor step_context(const Tensor& weights, int64_t width, const CachedKeys& keys) {
  check_step(weights, keys);
  ROTOR_CHECK(weights.size(3) == keys.size(), "expected weights of {} positions, got {}", keys.size(),
              weights.shape().str());
  const Tensor context = heads_tensor(weights.size(0), weights.size(1), 1, width);
  dispatch_width(width, [&]<int kWidth>() {
    parallel_for(context.elements() * keys.size() > kParallelStep, weights.size(0),
                 [&](int64_t r) { mix<kWidth>(of_head(weights, r, 0), weights.stride(1), r, keys, context); });
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
  check_memory(q, keys, origins, lengths, values.size(2));
  ROTOR_CHECK(values.stride(3) == 1, "expected values with a contiguous last axis, got {} with strides {}",
              values.shape().str(), values.strides().str());
  const int64_t group = count_sharing(heads, keys.size(1));
  const Tensor context = heads_tensor(batch, heads, queries, width);
  parallel_for(context.elements() * values.size(2) > kParallelStep, batch * heads, [&](int64_t n) {
    const int64_t b = n / heads, h = n % heads, length = lengths[b];
    const Head v(values, origins[b], h / group), to(context, b, h);
    const float* weights = weights_of({q, b, h}, {keys, origins[b], h / group}, queries, width, length);
    small_gemm(queries, width, length, {weights, whole_vectors(length), 1}, v.data, v.stride, to.data, to.stride,
               false);
  });
  return context;
}

Tensor memory_weights(const Tensor& q, const Tensor& keys, std::span<const int32_t> origins,
                      std::span<const int32_t> lengths, int64_t longest) {
  const int64_t batch = q.size(0), heads = q.size(1), queries = q.size(2), width = q.size(3);
  check_memory(q, keys, origins, lengths, longest);
  const Tensor result = Tensor::zeros({batch, queries, longest});
  const int64_t group = count_sharing(heads, keys.size(1));
  const float one_over_heads = 1 / static_cast<float>(heads);
  parallel_for(result.elements() * heads * width > kParallelStep, batch, [&](int64_t b) {
    const int64_t length = lengths[b], stride = whole_vectors(length);
    for (int64_t h = 0; h < heads; ++h) {
      const float* weights = weights_of({q, b, h}, {keys, origins[b], h / group}, queries, width, length);
      for (int64_t i = 0; i < queries; ++i) {
        float* to = result.data() + (b * queries + i) * longest;
        for (int64_t t = 0; t < length; ++t) to[t] += one_over_heads * weights[i * stride + t];
      }
    }
  });
  return result;
}

}  // namespace rotor
