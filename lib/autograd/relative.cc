#include "autograd/relative.h"

#include <algorithm>

#include "kernel/products.h"
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

Tensor with_dense_rows(const Tensor& x) {
  return x.stride(-1) == 1 ? x : x.contiguous();
}

Shape with_width(Shape shape, int64_t width) {
  shape[shape.rank() - 1] = width;
  return shape;
}

/// y[.., i, j] = x[.., i, index(i, j)].
Tensor take(const Tensor& from, const RelativeIndex& index) {
  const Tensor x = with_dense_rows(from);
  Tensor y(with_width(x.shape(), index.keys));
  const Matrices in(x), out(y);
#pragma omp parallel for collapse(2) if (y.elements() > kParallelElements)
  for (int64_t n = 0; n < in.count; ++n) {
    for (int64_t i = 0; i < in.rows; ++i) {
      const float* numbers = in.row(n, i);
      const int32_t* columns = index.row(i);
      float* to = out.row(n, i);
      for (int64_t j = 0; j < index.keys; ++j) to[j] = numbers[columns[j]];
    }
  }
  return y;
}

/// y[.., i, index(i, j)] += w[.., i, j] on zeros. `y` may have any strides with a contiguous last axis.
Tensor spread(const Tensor& from, const RelativeIndex& index, Tensor y) {
  const Tensor w = with_dense_rows(from);
  const int64_t width = y.size(-1);
  const Matrices in(w), out(y);
#pragma omp parallel for collapse(2) if (w.elements() > kParallelElements)
  for (int64_t n = 0; n < in.count; ++n) {
    for (int64_t i = 0; i < in.rows; ++i) {
      const float* numbers = in.row(n, i);
      const int32_t* columns = index.row(i);
      float* to = out.row(n, i);
      std::fill_n(to, width, 0.f);
      for (int64_t j = 0; j < index.keys; ++j) to[columns[j]] += numbers[j];
    }
  }
  return y;
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

/// Σ_b Σ_i g[b, h, i, j] by distance j − i + Tq − 1: [Tq + Tk − 1, H]. Each head of each sentence sums for itself
/// first.
Tensor sum_by_distance(const Tensor& gradient) {
  const Tensor g = with_dense_rows(gradient);
  const int64_t batch = g.size(0), heads = g.size(1), queries = g.size(2), keys = g.size(3);
  const int64_t distances = queries + keys - 1;
  Tensor partial = Tensor::zeros({batch * heads, distances}), result = Tensor::zeros({distances, heads});
  const Matrices in(g);
#pragma omp parallel for if (g.elements() > kParallelElements)
  for (int64_t n = 0; n < in.count; ++n) {
    for (int64_t i = 0; i < queries; ++i) {
      const float* from = in.row(n, i);
      float* to = partial.data() + n * distances + queries - 1 - i;
#pragma omp simd
      for (int64_t j = 0; j < keys; ++j) to[j] += from[j];
    }
  }
  for (int64_t n = 0; n < in.count; ++n) {
    const float* from = partial.data() + n * distances;
    for (int64_t r = 0; r < distances; ++r) result.data()[r * heads + n % heads] += from[r];
  }
  return result;
}

/// The memory layout of multiply_heads's tensors: rows of all heads in turn, [B,T,H,n]; or, if the heads share one
/// matrix and x lies so, as they are, [B,H,T,n].
struct HeadRows {
  HeadRows(const Tensor& x, const Tensor& w)
      : shared(w.size(0) == 1), as_they_are(shared && x.is_contiguous()), heads(shared ? 1 : x.size(1)) {}

  Tensor arrange(const Tensor& x) const { return (as_they_are ? x : x.transpose(1, 2)).contiguous(); }
  Tensor give_back(const Tensor& x) const { return as_they_are ? x : x.transpose(1, 2); }

  bool shared, as_they_are;
  int64_t heads;  // products to compute
};

/// y = x op(w_h) for each head h of arranged x [.., n] and y [.., m]; op transposes if `transpose`.
void multiply(const Tensor& x, const Tensor& w, bool transpose, int64_t heads, const Tensor& y) {
  const int64_t n = x.size(-1), m = y.size(-1), rows = x.elements() / (n * heads);
  const bool by_row = w.stride(2) == 1;
  for (int64_t h = 0; h < heads; ++h) {
    gemm(false, transpose == by_row, rows, m, n, x.data() + h * n, heads * n, w.data() + h * w.stride(0),
         by_row ? w.stride(1) : w.stride(2), 0, y.data() + h * m, heads * m);
  }
}

}  // namespace

RelativeIndex transposed(const RelativeIndex& index) {
  return {index.keys, index.queries, {index.columns.rbegin(), index.columns.rend()}};
}

Variable take_relative(const Variable& x, const RelativeIndex& index) {
  check_index(index, x.size(-2), x.size(-1));
  const bool by_time = x.rank() == 4 && !x.value().is_contiguous();  // in memory, as multiply_heads leaves it
  return record(take(x.value(), index), {x}, [shape = x.shape(), by_time, index](const Tensor& g, Gradients d) {
    Tensor d_x = by_time ? Tensor({shape[0], shape[2], shape[1], shape[3]}).transpose(1, 2) : Tensor(shape);
    d.add(0, spread(g, index, std::move(d_x)));
  });
}

Variable spread_relative(const Variable& w, const RelativeIndex& index, int64_t columns) {
  check_index(index, w.size(-2), columns);
  ROTOR_CHECK(w.size(-1) == index.keys, "expected weights of {} keys, got {}", index.keys, w.size(-1));
  return record(spread(w.value(), index, Tensor(with_width(w.shape(), columns))), {w},
                [index](const Tensor& g, Gradients d) { d.add(0, take(g, index)); });
}

Variable add_distance_bias(const Variable& scores, const Variable& bias) {
  const Tensor x = with_dense_rows(scores.value());
  const int64_t heads = x.size(1), queries = x.size(2), keys = x.size(3), distances = queries + keys - 1;
  ROTOR_CHECK((bias.shape() == Shape{distances, heads}), "expected a bias of shape {} for scores {}, got {}",
              Shape({distances, heads}).str(), x.shape().str(), bias.shape().str());
  const Tensor by_head = bias.value().transpose(0, 1).contiguous();
  Tensor y(x.shape());
  const Matrices in(x), out(y);
#pragma omp parallel for collapse(2) if (y.elements() > kParallelElements)
  for (int64_t n = 0; n < in.count; ++n) {
    for (int64_t i = 0; i < queries; ++i) {
      const float *from = in.row(n, i), *add = by_head.data() + n % heads * distances + queries - 1 - i;
      float* to = out.row(n, i);
#pragma omp simd
      for (int64_t j = 0; j < keys; ++j) to[j] = from[j] + add[j];
    }
  }
  return record(y, {scores, bias}, [](const Tensor& g, Gradients d) {
    d.share(0, g);
    if (d.wanted(1)) d.add(1, sum_by_distance(g));
  });
}

Variable multiply_heads(const Variable& x, const Variable& w) {
  ROTOR_CHECK(x.rank() == 4 && w.rank() == 3 && x.size(3) == w.size(2) && (w.size(0) == 1 || w.size(0) == x.size(1)),
              "cannot multiply the heads {} by {}", x.shape().str(), w.shape().str());
  const HeadRows rows(x.value(), w.value());
  const Tensor in = rows.arrange(x.value());
  const Tensor matrices = w.value().stride(1) == 1 ? w.value() : with_dense_rows(w.value());
  Tensor y(with_width(in.shape(), w.size(1)));
  multiply(in, matrices, true, rows.heads, y);
  return record(rows.give_back(y), {x, w}, [in, matrices, rows](const Tensor& gradient, Gradients d) {
    const Tensor g = rows.arrange(gradient);
    if (d.wanted(0)) {
      Tensor d_x(in.shape());
      multiply(g, matrices, false, rows.heads, d_x);
      d.add(0, rows.give_back(d_x));
    }
    if (d.wanted(1)) {
      const int64_t n = in.size(-1), m = g.size(-1), count = in.elements() / (n * rows.heads);
      Tensor d_w(matrices.shape());
      for (int64_t h = 0; h < rows.heads; ++h) {
        gemm(true, false, m, n, count, g.data() + h * m, rows.heads * m, in.data() + h * n, rows.heads * n, 0,
             d_w.data() + h * m * n, n);
      }
      d.add(1, d_w);
    }
  });
}

}  // namespace rotor
