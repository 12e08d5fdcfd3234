#include "kernel/products.h"

#include <omp.h>

#include <algorithm>
#include <cmath>

#include "kernel/bfloat16.h"
#include "kernel/onednn.h"
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

/// While one lives, oneDNN works on one thread: shared among threads, the order of a long sum depends on their number.
class SingleThreaded {
 public:
  SingleThreaded() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreaded() { omp_set_num_threads(before_); }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int before_;
};

[[maybe_unused]] constexpr int64_t kParallel = 1 << 16;  // multiplications from which threads pay

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

/// A tensor as matrices that sgemm reads: rows or columns are contiguous.
struct Matrices {
  explicit Matrices(const Tensor& tensor)
      : all(tensor.stride(-1) == 1 || tensor.stride(-2) == 1 ? tensor : tensor.contiguous()),
        transposed(all.stride(-1) != 1),
        leading(std::max(all.stride(transposed ? -1 : -2), all.size(transposed ? -2 : -1))) {}

  const float* matrix(int64_t number) const {
    int64_t offset = 0;
    for (int axis = all.rank() - 3; axis >= 0; number /= all.size(axis--)) {
      offset += number % all.size(axis) * all.stride(axis);
    }
    return all.data() + offset;
  }

  Tensor all;
  bool transposed;
  int64_t leading;
};

/// Whether oneDNN splits the sums of its matmul among threads, which it does by the kernels that it has for CPUs
/// without AVX-512.
bool matmul_splits_sums() {
  constexpr auto kNeeded = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  static const bool splits = (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kNeeded) != kNeeded;
  return splits;
}

/// c = a · b, matrix by matrix, each by one thread.
void multiply_each(const Tensor& a, const Tensor& b, const Tensor& c) {
  const Matrices left(a), right(b);
  const int64_t m = c.size(-2), n = c.size(-1), k = a.size(-1), count = c.elements() / (m * n);
  int refused = 0;
#pragma omp parallel reduction(+ : refused) if (c.elements() * k > kParallel)
  {
    const SingleThreaded within;
#pragma omp for schedule(dynamic)
    for (int64_t i = 0; i < count; ++i) {
      refused += dnnl::sgemm(left.transposed ? 'T' : 'N', right.transposed ? 'T' : 'N', m, n, k, 1.f, left.matrix(i),
                             left.leading, right.matrix(i), right.leading, 0.f, c.data() + i * m * n,
                             n) != dnnl::status::success;
    }
  }
  ROTOR_CHECK(refused == 0, "oneDNN refused a product of {} and {}", a.shape().str(), b.shape().str());
}

/// An eighth of the side, so that a few threads share it evenly, but large enough to pay for packing the other matrix.
int64_t block_size(int64_t side) {
  return std::clamp<int64_t>((side / 8 + 15) / 16 * 16, 64, 512);
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
  // Blocks of the longer side of the result, of a size that does not depend on the threads.
  const bool by_rows = m >= n;
  const int64_t size = by_rows ? m : n, step = block_size(size), blocks = (size + step - 1) / step;
  auto product = [&](int64_t block) {
    const int64_t begin = block * step, length = std::min(step, size - begin);
    const int64_t i = by_rows ? begin : 0, j = by_rows ? 0 : begin;
    const int64_t rows = by_rows ? length : m, columns = by_rows ? n : length;
    float* to = c + i * ldc + j;
    const auto status =
        dnnl::sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', rows, columns, k, 1.f,
                    a + (transpose_a ? i : i * lda), lda, b + (transpose_b ? j * ldb : j), ldb, beta, to, ldc);
    finish_rows(finish, to, ldc, rows, columns, j);
    return status;
  };
  int refused = 0;
#pragma omp parallel reduction(+ : refused) if (m * n * k > kParallel)
  {
    const SingleThreaded within;
#pragma omp for schedule(dynamic)
    for (int64_t block = 0; block < blocks; ++block) refused += product(block) != dnnl::status::success;
  }
  ROTOR_CHECK(refused == 0, "oneDNN refused a product of [{}, {}] and [{}, {}]", m, k, k, n);
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  ROTOR_CHECK(a.rank() == b.rank() && a.rank() >= 2 && a.size(-1) == b.size(-2), "cannot multiply matrices {} and {}",
              a.shape().str(), b.shape().str());
  Shape shape = a.shape();
  shape[a.rank() - 1] = b.size(-1);
  Tensor c(shape);
  if (c.elements() == 0) return c;
  if (matmul_splits_sums()) {
    multiply_each(a, b, c);
    return c;
  }
  const dnnl::matmul& product = kept_matmul(a, b, c);
  auto wrap = [](const Tensor& tensor) { return memory(describe(tensor), engine(), tensor.data()); };
  product.execute(onednn::stream(), {{DNNL_ARG_SRC, wrap(a)}, {DNNL_ARG_WEIGHTS, wrap(b)}, {DNNL_ARG_DST, wrap(c)}});
  return c;
}

}  // namespace rotor
