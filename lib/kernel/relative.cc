#include "kernel/relative.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// A tensor [.., T, n] with a contiguous last axis as so many matrices [T, n].
struct Matrices {
  explicit Matrices(const Tensor& tensor) : tensor(tensor), rows(tensor.size(-2)) {
    for (int axis = 0; axis < tensor.rank() - 2; ++axis) count *= tensor.size(axis);
  }

  float* row(int64_t matrix, int64_t i) const {
    int64_t offset = i * tensor.stride(-2);
    for (int axis = tensor.rank() - 3; axis >= 0; --axis) {
      offset += matrix % tensor.size(axis) * tensor.stride(axis);
      matrix /= tensor.size(axis);
    }
    return tensor.data() + offset;
  }

  const Tensor& tensor;
  int64_t count = 1, rows;
};

/// Neighbouring places of an index whose columns are `step` apart: 1, 0 or −1. Most encodings clip distances or put
/// them into buckets, so a few runs make an index, and each is a loop that the compiler makes vectors of.
struct Run {
  int64_t first, end;  ///< places in `columns`
  int32_t column, step;
};

std::vector<Run> runs_of(const std::vector<int32_t>& columns) {
  const auto size = static_cast<int64_t>(columns.size());
  std::vector<Run> runs;
  for (int64_t p = 0; p < size; p = runs.back().end) {
    const int32_t step = p + 1 < size ? columns[p + 1] - columns[p] : 0;
    Run run = {p, p + 1, columns[p], std::abs(step) <= 1 ? step : 0};
    while (run.end < size && columns[run.end] == columns[run.end - 1] + run.step) ++run.end;
    runs.push_back(run);
  }
  return runs;
}

/// Calls f(first key, number of keys, column of the first key, step) for every run in the row of query i.
template <typename F>
void for_each_run(const std::vector<Run>& runs, const RelativeIndex& index, int64_t i, F f) {
  const int64_t begin = index.queries - 1 - i, end = begin + index.keys;
  for (const Run& run : runs) {
    const int64_t first = std::max(run.first, begin), count = std::min(run.end, end) - first;
    if (count > 0) f(first - begin, count, run.column + run.step * (first - run.first), run.step);
  }
}

void check_index(const RelativeIndex& index, int64_t queries, int64_t columns) {
  ROTOR_CHECK(index.queries == queries, "expected an index of {} queries, got {}", queries, index.queries);
  ROTOR_CHECK(static_cast<int64_t>(index.columns.size()) == index.queries + index.keys - 1,
              "expected a column for each of {} distances, got {}", index.queries + index.keys - 1,
              index.columns.size());
  for (int32_t column : index.columns) {
    ROTOR_CHECK(column >= 0 && column < columns, "expected columns below {}, got {}", columns, column);
  }
}

}  // namespace

RelativeIndex transposed(const RelativeIndex& index) {
  return {index.keys, index.queries, {index.columns.rbegin(), index.columns.rend()}};
}

Tensor take_relative(const Tensor& from, const RelativeIndex& index) {
  check_index(index, from.size(-2), from.size(-1));
  const Tensor x = with_dense_rows(from);
  Tensor y(with_width(x.shape(), index.keys));
  const Matrices in(x), out(y);
  const std::vector<Run> runs = runs_of(index.columns);
  parallel_for(y.elements() > kParallelElements, in.count * in.rows, [&](int64_t each) {
    const int64_t n = each / in.rows, i = each % in.rows;
    const float* row = in.row(n, i);
    float* to = out.row(n, i);
    for_each_run(runs, index, i, [&](int64_t key, int64_t count, int64_t column, int32_t step) {
      if (step == 1) {
        std::copy_n(row + column, count, to + key);
      } else if (step == 0) {
        std::fill_n(to + key, count, row[column]);
      } else {
        for (int64_t j = 0; j < count; ++j) to[key + j] = row[column - j];
      }
    });
  });
  return y;
}

Tensor spread_relative(const Tensor& from, const RelativeIndex& index, Tensor y) {
  check_index(index, from.size(-2), y.size(-1));
  ROTOR_CHECK(from.size(-1) == index.keys, "expected weights of {} keys, got {}", index.keys, from.size(-1));
  const Tensor w = with_dense_rows(from);
  const int64_t width = y.size(-1);
  const Matrices in(w), out(y);
  const std::vector<Run> runs = runs_of(index.columns);
  parallel_for(w.elements() > kParallelElements, in.count * in.rows, [&](int64_t each) {
    const int64_t n = each / in.rows, i = each % in.rows;
    const float* row = in.row(n, i);
    float* to = out.row(n, i);
    std::fill_n(to, width, 0.f);
    for_each_run(runs, index, i, [&](int64_t key, int64_t count, int64_t column, int32_t step) {
      if (step == 1) {
#pragma omp simd
        for (int64_t j = 0; j < count; ++j) to[column + j] += row[key + j];
      } else if (step == 0) {
        float sum = to[column];
        for (int64_t j = 0; j < count; ++j) sum += row[key + j];  // in order: padding adds zeros, which change no bits
        to[column] = sum;
      } else {
#pragma omp simd
        for (int64_t j = 0; j < count; ++j) to[column - j] += row[key + j];
      }
    });
  });
  return y;
}

Tensor add_distance_bias(const Tensor& scores, const Tensor& bias) {
  const Tensor x = with_dense_rows(scores);
  const int64_t heads = x.size(1), queries = x.size(2), keys = x.size(3), distances = queries + keys - 1;
  ROTOR_CHECK((bias.shape() == Shape{distances, heads}), "expected a bias of shape {} for scores {}, got {}",
              Shape({distances, heads}).str(), x.shape().str(), bias.shape().str());
  const Tensor by_head = bias.transpose(0, 1).contiguous();
  Tensor y(x.shape());
  const Matrices in(x), out(y);
  parallel_for(y.elements() > kParallelElements, in.count * queries, [&](int64_t each) {
    const int64_t n = each / queries, i = each % queries;
    const float *from = in.row(n, i), *add = by_head.data() + n % heads * distances + queries - 1 - i;
    float* to = out.row(n, i);
#pragma omp simd
    for (int64_t j = 0; j < keys; ++j) to[j] = from[j] + add[j];
  });
  return y;
}

Tensor sum_by_distance(const Tensor& gradient) {
  const Tensor g = with_dense_rows(gradient);
  const int64_t batch = g.size(0), heads = g.size(1), queries = g.size(2), keys = g.size(3);
  const int64_t distances = queries + keys - 1;
  Tensor partial = Tensor::zeros({batch * heads, distances}), result = Tensor::zeros({distances, heads});
  const Matrices in(g);
  parallel_for(g.elements() > kParallelElements, in.count, [&](int64_t n) {
    for (int64_t i = 0; i < queries; ++i) {
      const float* from = in.row(n, i);
      float* to = partial.data() + n * distances + queries - 1 - i;
#pragma omp simd
      for (int64_t j = 0; j < keys; ++j) to[j] += from[j];
    }
  });
  for (int64_t n = 0; n < in.count; ++n) {
    const float* from = partial.data() + n * distances;
    for (int64_t r = 0; r < distances; ++r) result.data()[r * heads + n % heads] += from[r];
  }
  return result;
}

}  // namespace rotor
