#include "kernel/products.h"

#include <algorithm>
#include <cmath>

#include "kernel/bfloat16.h"
#include "kernel/onednn.h"
#include "kernel/product_blocks.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

using dnnl::memory;
using onednn::engine;

memory::desc describe(const Tensor& tensor) {
  const Shape &shape = tensor.shape(), &strides = tensor.strides();
  return {memory::dims(shape.begin(), shape.end()), memory::data_type::f32,
          memory::dims(strides.begin(), strides.end())};
}

dnnl::matmul make_matmul(const memory::desc& a, const memory::desc& b, const memory::desc& c) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul(dnnl::matmul::primitive_desc(engine(), a, b, c));
#else
  return dnnl::matmul(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), engine()));
#endif
}

/// The primitive for these shapes and strides.
const dnnl::matmul& kept_matmul(const Tensor& a, const Tensor& b, const Tensor& c) {
  thread_local onednn::Kept<dnnl::matmul> kept;
  onednn::Kept<dnnl::matmul>::Key key;
  for (const Tensor* tensor : {&a, &b, &c}) {
    key.insert(key.end(), tensor->shape().begin(), tensor->shape().end());
    key.insert(key.end(), tensor->strides().begin(), tensor->strides().end());
  }
  return kept.get(key, [&] { return make_matmul(describe(a), describe(b), describe(c)); });
}

/// c = a · b for all matrices on the calling thread.
void multiply_matrices(const Tensor& a, const Tensor& b, const Tensor& c) {
  dnnl::stream& stream = onednn::stream();  // before the primitive, which is made for one thread
  const dnnl::matmul& product = kept_matmul(a, b, c);
  auto wrap = [](const Tensor& tensor) { return memory(describe(tensor), engine(), tensor.data()); };
  product.execute(stream, {{DNNL_ARG_SRC, wrap(a)}, {DNNL_ARG_WEIGHTS, wrap(b)}, {DNNL_ARG_DST, wrap(c)}});
}

/// c = a · b, shared among threads by parts of the longest leading axis, or by blocks of each matrix if it is short.
/// The parts depend on the shapes only.
void share_matrices(const Tensor& a, const Tensor& b, const Tensor& c) {
  constexpr int64_t kMostParts = 16, kLeast = 1 << 20;  // multiplications, which take as long as ten calls or more
  int longest = 0;
  for (int axis = 1; axis < c.rank() - 2; ++axis) longest = c.size(axis) > c.size(longest) ? axis : longest;
  const int64_t size = c.size(longest), each = c.elements() / size * a.size(-1);  // multiplications
  const int64_t step = std::max((size + kMostParts - 1) / kMostParts, (kLeast + each - 1) / each);
  const ProductBlocks blocks(c.size(-2), c.size(-1));
  if (c.rank() > 2 && size >= std::min<int64_t>(8, blocks.count())) {
    return parallel_for(true, (size + step - 1) / step, [&](int64_t i) {
      auto part = [&](const Tensor& of) { return of.narrow(longest, i * step, std::min(step, size - i * step)); };
      multiply_matrices(part(a), part(b), part(c));
    });
  }
  parallel_for(true, blocks.count(), [&](int64_t i) {
    const auto [row, column, rows, columns] = blocks[i];
    const int down = c.rank() - 2, across = c.rank() - 1;
    multiply_matrices(a.narrow(down, row, rows), b.narrow(across, column, columns),
                      c.narrow(down, row, rows).narrow(across, column, columns));
  });
}

/// Finishes rows of c whose first column is column `j` of the product.
void finish_rows(const Finish& finish, float* c, int64_t ldc, int64_t rows, int64_t columns, int64_t j) {
  if (!finish.bias) return;
  const float* bias = finish.bias + j;
  const float least = finish.relu ? 0.f : -INFINITY;
  for (int64_t row = 0; row < rows; ++row) {
    float* to = c + row * ldc;
#pragma omp simd
    for (int64_t i = 0; i < columns; ++i) {
      const float sum = to[i] + bias[i];
      to[i] = sum < least ? least : sum;  // NaN stays NaN
    }
  }
}

/// A matrix as sgemm reads it: its rows are contiguous, or its columns, which makes it the transpose of one.
struct Factor {
  Factor from_row(int64_t i) const { return {data + (transposed ? i : i * leading), leading, transposed}; }
  Factor from_column(int64_t j) const { return {data + (transposed ? j * leading : j), leading, transposed}; }

  const float* data;
  int64_t leading;
  bool transposed;
};

/// C[M,N] = A · B + beta · C on the calling thread.
void multiply(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, float beta, float* c, int64_t ldc) {
  onednn::use_one_thread();
  const auto status = dnnl::sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k, 1.f, a.data, a.leading,
                                  b.data, b.leading, beta, c, ldc);
  ROTOR_CHECK(status == dnnl::status::success, "oneDNN refused a product of [{}, {}] and [{}, {}]", m, k, k, n);
}

}  // namespace

void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish) {
  if (m == 0 || n == 0) return;
  if (product_precision() == Precision::kBfloat16) {
    bfloat16_gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
    return parallel_for(m * n > kParallelElements, m,
                        [&](int64_t i) { finish_rows(finish, c + i * ldc, ldc, 1, n, 0); });
  }
  const Factor left{a, lda, transpose_a}, right{b, ldb, transpose_b};
  const ProductBlocks blocks(m, n);
  parallel_for(m * n * k > kParallelGemm, blocks.count(), [&](int64_t i) {
    const ProductBlock block = blocks[i];
    float* to = c + block.row * ldc + block.column;
    multiply(block.rows, block.columns, k, left.from_row(block.row), right.from_column(block.column), beta, to, ldc);
    finish_rows(finish, to, ldc, block.rows, block.columns, block.column);
  });
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  ROTOR_CHECK(a.rank() == b.rank() && a.rank() >= 2 && a.size(-1) == b.size(-2), "cannot multiply matrices {} and {}",
              a.shape().str(), b.shape().str());
  Shape shape = a.shape();
  shape[a.rank() - 1] = b.size(-1);
  Tensor c(shape);
  if (c.elements() == 0) return c;
  c.elements() * a.size(-1) > kParallelGemm ? share_matrices(a, b, c) : multiply_matrices(a, b, c);
  return c;
}

}  // namespace rotor
