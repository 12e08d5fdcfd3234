#include "kernel/step_attention.h"

#include <vector>

#include "kernel/heads.h"
#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kParallelStep = 65536;  // multiplications from which threads pay

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

/// The rows of the visible positions that row r of the step reads.
const int32_t* origins_of(const CachedKeys& keys, int64_t r) {
  return keys.origins.data() + r * std::ssize(keys.positions) + keys.begin;
}

float* of_head(const Tensor& x, int64_t r, int64_t h) {
  return x.data() + r * x.stride(0) + h * x.stride(1);
}

/// Calls f(h, the head of keys and values that it uses) for each query head h.
template <typename F>
void for_heads(int64_t heads, const CachedKeys& keys, F f) {
  const int64_t group = heads / keys.heads;
  for (int64_t h = 0; h < heads; ++h) f(h, h / group);
}

/// Query head h's scores in row r.
template <int kWidth>
void score(const Tensor& q, int64_t r, int64_t h, int64_t shared, const CachedKeys& keys, float* scores) {
  const Row<kWidth> row(q.size(3));
  const float* query = of_head(q, r, h);
  const int32_t* origins = origins_of(keys, r);
  for (int64_t t = 0; t < keys.size(); ++t) {
    const CachedPosition& at = keys.positions[keys.begin + t];
    scores[t] = row.dot(query, at.key + origins[t] * at.key_row + shared * at.key_head);
  }
}

/// Query head h's sum of values in row r, weighted.
template <int kWidth>
void mix(const float* weights, float scale, int64_t r, int64_t h, int64_t shared, const CachedKeys& keys,
         const Tensor& context) {
  const Row<kWidth> row(context.size(3));
  const int32_t* origins = origins_of(keys, r);
  float* to = of_head(context, r, h);
  std::fill_n(to, row.size(), 0.f);
  for (int64_t t = 0; t < keys.size(); ++t) {
    const CachedPosition& at = keys.positions[keys.begin + t];
    row.add(weights[t] * scale, at.value + origins[t] * at.value_row + shared * at.value_head, to);
  }
}

template <int kWidth>
void attend_row(const Tensor& q, int64_t r, const CachedKeys& keys, float* scores, const Tensor& context) {
  for_heads(q.size(1), keys, [&](int64_t h, int64_t shared) {
    score<kWidth>(q, r, h, shared, keys, scores);
    const float scale = exponentials(scores, keys.size());
    mix<kWidth>(scores, scale, r, h, shared, keys, context);
  });
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

/// softmax(q kᵀ) of a head: the queries' weights of the first `length` keys in rows of whole vectors, in memory that
/// the next call in this thread reuses.
float* weights_of(const Head& queries, const Head& keys, int64_t count, int64_t width, int64_t length) {
  const int64_t stride = whole_vectors(length);
  thread_local std::vector<float> weights;
  if (std::ssize(weights) < count * stride) weights.resize(count * stride);
  small_gemm(count, stride, width, queries.from(0), keys.data, keys.stride, weights.data(), stride, false);
  for (int64_t i = 0; i < count; ++i) {
    float* row = weights.data() + i * stride;
    const float scale = exponentials(row, length);
#pragma omp simd
    for (int64_t t = 0; t < length; ++t) row[t] *= scale;
  }
  return weights.data();
}

}  // namespace

Tensor step_attention(const Tensor& q, const CachedKeys& keys) {
  check_step(q, keys);
  const Tensor context = heads_tensor(q.size(0), q.size(1), 1, q.size(3));
  dispatch_width(q.size(3), [&]<int kWidth>() {
    parallel_for(context.elements() * keys.size() > kParallelStep, q.size(0), [&](int64_t r) {
      thread_local std::vector<float> scores;
      if (std::ssize(scores) < keys.size() + kLanes) scores.resize(keys.size() + kLanes);
      attend_row<kWidth>(q, r, keys, scores.data(), context);
    });
  });
  return context;
}

Tensor step_scores(const Tensor& q, const CachedKeys& keys) {
  check_step(q, keys);
  const Tensor scores({q.size(0), q.size(1), 1, keys.size()});
  dispatch_width(q.size(3), [&]<int kWidth>() {
    parallel_for(q.elements() * keys.size() > kParallelStep, q.size(0), [&](int64_t r) {
      for_heads(q.size(1), keys,
                [&](int64_t h, int64_t shared) { score<kWidth>(q, r, h, shared, keys, of_head(scores, r, h)); });
    });
  });
  return scores;
}

Tensor step_context(const Tensor& weights, int64_t width, const CachedKeys& keys) {
  check_step(weights, keys);
  ROTOR_CHECK(weights.size(3) == keys.size(), "expected weights of {} positions, got {}", keys.size(),
              weights.shape().str());
  const Tensor context = heads_tensor(weights.size(0), weights.size(1), 1, width);
  dispatch_width(width, [&]<int kWidth>() {
    parallel_for(context.elements() * keys.size() > kParallelStep, weights.size(0), [&](int64_t r) {
      for_heads(weights.size(1), keys, [&](int64_t h, int64_t shared) {
        mix<kWidth>(of_head(weights, r, h), 1, r, h, shared, keys, context);
      });
    });
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
  ROTOR_CHECK(std::ssize(origins) == batch && std::ssize(lengths) == batch,
              "expected {} origins and lengths, got {} and {}", batch, origins.size(), lengths.size());
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
