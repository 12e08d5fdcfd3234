#include "kernel/rows.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kBlocks = 32;  // partial sums over rows: a fixed number, whatever the threads

struct Rows {
  explicit Rows(const Tensor& x) : width(x.size(-1)), count(width ? x.elements() / width : 0), data(x.span().data()) {}
  float* operator[](int64_t row) const { return data + row * width; }
  int64_t block_begin(int64_t block) const { return count * block / kBlocks; }

  int64_t width, count;
  float* data;
};

/// log Σ e^x over a row.
float log_sum_exp(const float* x, int64_t width) {
  const float largest = maximum(x, width);
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < width; ++i) sum += fast_exp(x[i] - largest);
  return largest + std::log(sum);
}

/// out = beta · out + the sum over blocks of partial [kBlocks, N], whose first block is overwritten.
void sum_blocks(float* partial, const Tensor& out, float beta) {
  constexpr int64_t kColumns = 512;
  const int64_t width = out.elements();
  float* to = out.span().data();
  parallel_ranges(width > 1024, width, kColumns, [&](int64_t begin, int64_t end) {
    for (int64_t block = 1; block < kBlocks; ++block) {
      const float* from = partial + block * width;
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) partial[i] += from[i];
    }
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) to[i] = beta == 0 ? partial[i] : beta * to[i] + partial[i];
  });
}

}  // namespace

void sum_rows(const Tensor& x, const Tensor& out, float beta) {
  const Rows rows(x);
  Tensor partial = Tensor::zeros({kBlocks, rows.width});
  parallel_for(true, kBlocks, [&](int64_t block) {
    float* sum = partial.data() + block * rows.width;
    for (int64_t r = rows.block_begin(block); r < rows.block_begin(block + 1); ++r) {
      const float* row = rows[r];
#pragma omp simd
      for (int64_t i = 0; i < rows.width; ++i) sum[i] += row[i];
    }
  });
  sum_blocks(partial.data(), out, beta);
}

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& statistics, float epsilon) {
  const Rows in(x);
  Tensor y(x.shape());
  const Rows out(y);
  const float *w = weight.span().data(), *b = bias.span().data();
  float *means = statistics.span().data(), *scales = means + in.count;
  parallel_for(x.elements() > 4096, in.count, [&](int64_t r) {
    const float* from = in[r];
    float* to = out[r];
    float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < in.width; ++i) sum += from[i];
    const float mean = sum / static_cast<float>(in.width);
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < in.width; ++i) squares += (from[i] - mean) * (from[i] - mean);
    const float scale = 1 / std::sqrt(squares / static_cast<float>(in.width) + epsilon);
#pragma omp simd
    for (int64_t i = 0; i < in.width; ++i) to[i] = (from[i] - mean) * scale * w[i] + b[i];
    means[r] = mean;
    scales[r] = scale;
  });
  return y;
}

Tensor layer_norm_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& statistics,
                           const Tensor& d_weight, const Tensor& d_bias) {
  const Rows in(x), g(gradient);
  Tensor result(x.shape());
  const Rows out(result);
  const float *w = weight.span().data(), *means = statistics.span().data(), *scales = means + in.count;
  const int64_t width = in.width;
  Tensor partial = Tensor::zeros({2, kBlocks, width});
  parallel_for(true, kBlocks, [&](int64_t block) {
    float *sum_weight = partial.data() + block * width, *sum_bias = sum_weight + kBlocks * width;
    const float* weights = w;  // a copy of the block's own: the loop of vectors would fetch w for each number
    for (int64_t r = in.block_begin(block); r < in.block_begin(block + 1); ++r) {
      const float *from = in[r], *d = g[r], mean = means[r], scale = scales[r];
      float* to = out[r];
      float sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
      for (int64_t i = 0; i < width; ++i) {
        const float normal = (from[i] - mean) * scale, dn = d[i] * weights[i];
        sum += dn;
        product += dn * normal;
        sum_weight[i] += d[i] * normal;
        sum_bias[i] += d[i];
      }
      sum /= static_cast<float>(width);
      product /= static_cast<float>(width);
#pragma omp simd
      for (int64_t i = 0; i < width; ++i) {
        to[i] = scale * (d[i] * weights[i] - sum - (from[i] - mean) * scale * product);
      }
    }
  });
  sum_blocks(partial.data(), d_weight, 1);
  sum_blocks(partial.data() + kBlocks * width, d_bias, 1);
  return result;
}

Tensor rms_norm(const Tensor& x, const Tensor& weight, const Tensor& scales, float epsilon) {
  const Rows in(x);
  Tensor y(x.shape());
  const Rows out(y);
  const float* w = weight.span().data();
  float* of_row = scales.span().data();
  parallel_for(x.elements() > 4096, in.count, [&](int64_t r) {
    const float* from = in[r];
    float* to = out[r];
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < in.width; ++i) squares += from[i] * from[i];
    const float scale = 1 / std::sqrt(squares / static_cast<float>(in.width) + epsilon);
#pragma omp simd
    for (int64_t i = 0; i < in.width; ++i) to[i] = from[i] * scale * w[i];
    of_row[r] = scale;
  });
  return y;
}

Tensor rms_norm_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& scales,
                         const Tensor& d_weight) {
  const Rows in(x), g(gradient);
  Tensor result(x.shape());
  const Rows out(result);
  const float *w = weight.span().data(), *of_row = scales.span().data();
  Tensor partial = Tensor::zeros({kBlocks, in.width});
  parallel_for(true, kBlocks, [&](int64_t block) {
    float* sum_weight = partial.data() + block * in.width;
    const float* weights = w;
    for (int64_t r = in.block_begin(block); r < in.block_begin(block + 1); ++r) {
      const float *from = in[r], *d = g[r], scale = of_row[r];
      float* to = out[r];
      float product = 0;
#pragma omp simd reduction(+ : product)
      for (int64_t i = 0; i < in.width; ++i) {
        const float normal = from[i] * scale;
        product += d[i] * weights[i] * normal;
        sum_weight[i] += d[i] * normal;
      }
      product /= static_cast<float>(in.width);
#pragma omp simd
      for (int64_t i = 0; i < in.width; ++i) to[i] = scale * (d[i] * weights[i] - from[i] * scale * product);
    }
  });
  sum_blocks(partial.data(), d_weight, 1);
  return result;
}

Tensor masked_softmax(const Tensor& scores, const AttentionMask& mask) {
  const int64_t heads = scores.size(1), queries = scores.size(2), keys = scores.size(3);
  const Rows in(scores);
  Tensor result(scores.shape());
  const Rows out(result);
  parallel_for(scores.elements() > 4096, in.count, [&](int64_t r) {
    const int64_t batch = r / (heads * queries), query = r % queries;
    const KeyRange seen = query < mask.queries(batch, queries) ? mask.visible(batch, query, keys) : KeyRange{};
    const float* from = in[r] + seen.begin;
    float* to = out[r] + seen.begin;
    const int64_t n = seen.size();
    if (n > 0) {
      const float largest = maximum(from, n);
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = 0; i < n; ++i) sum += to[i] = fast_exp(from[i] - largest);
      const float scale = 1 / sum;
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) to[i] *= scale;
    }
    std::fill(out[r], to, 0.f);
    std::fill(to + n, out[r] + keys, 0.f);
  });
  return result;
}

Tensor softmax_backward(const Tensor& gradient, const Tensor& weights) {
  const Rows g(gradient), w(weights);
  Tensor result(weights.shape());
  const Rows out(result);
  parallel_for(weights.elements() > 4096, w.count, [&](int64_t r) {
    const int64_t width = w.width;
    const float *weight = w[r], *d = g[r];
    float *to = out[r], product = 0;
#pragma omp simd reduction(+ : product)
    for (int64_t i = 0; i < width; ++i) product += weight[i] * d[i];
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) to[i] = weight[i] * (d[i] - product);
  });
  return result;
}

Tensor log_softmax(const Tensor& x) {
  const Rows in(x);
  Tensor result(x.shape());
  const Rows out(result);
  parallel_for(x.elements() > 4096, in.count, [&](int64_t r) {
    const float* from = in[r];
    float* to = out[r];
    const float normaliser = log_sum_exp(from, in.width);
#pragma omp simd
    for (int64_t i = 0; i < in.width; ++i) to[i] = from[i] - normaliser;
  });
  return result;
}

void log_likelihoods(const Tensor& logits, std::span<const int32_t> targets, std::span<float> to) {
  const Rows in(logits);
  ROTOR_CHECK(std::ssize(targets) == in.count && std::ssize(to) == in.count, "expected {} targets, got {}", in.count,
              targets.size());
  parallel_for(logits.elements() > 4096, in.count,
               [&](int64_t r) { to[r] = in[r][targets[r]] - log_sum_exp(in[r], in.width); });
}

CrossEntropy cross_entropy_in_place(const Tensor& logits, std::span<const int32_t> targets, float epsilon) {
  const Rows rows(logits);
  const float other = epsilon / static_cast<float>(rows.width - 1);
  const float own = 1 - epsilon - other;
  std::vector<CrossEntropy> of_row(rows.count);
  parallel_for(true, rows.count, [&](int64_t r) {
    float* x = rows[r];
    const float largest = maximum(x, rows.width), target = x[targets[r]] - largest;
    float sum = 0, total = 0;
#pragma omp simd reduction(+ : sum, total)
    for (int64_t i = 0; i < rows.width; ++i) {
      const float shifted = x[i] - largest;
      total += shifted;
      sum += x[i] = fast_exp(shifted);
    }
    const double normaliser = std::log(static_cast<double>(sum)), nll = normaliser - target;
    // Without smoothing, a logit of −∞ that is not the target costs nothing.
    const double of_others = other == 0 ? 0 : other * (static_cast<double>(rows.width) * normaliser - total);
    of_row[r] = {own * nll + of_others, nll};
    const float scale = 1 / sum;
#pragma omp simd
    for (int64_t i = 0; i < rows.width; ++i) x[i] = x[i] * scale - other;
    x[targets[r]] -= own;
  });
  CrossEntropy sums;
  for (const CrossEntropy& row : of_row) {
    sums.loss += row.loss;
    sums.nll += row.nll;
  }
  return sums;
}

}  // namespace rotor
