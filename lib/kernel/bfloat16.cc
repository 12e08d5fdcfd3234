#include "kernel/bfloat16.h"

#include <atomic>
#include <type_traits>

#include "kernel/amx_gemm.h"
#include "kernel/onednn.h"
#include "kernel/panel_gemm.h"
#include "kernel/product_blocks.h"
#include "tensor/allocator.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

using dnnl::memory;
using onednn::engine;

std::atomic<Precision> precision_ = Precision::kFloat32;

/// A matrix as it lies in memory, rows of `width` numbers, rounded and without gaps; of floats, rounded values.
template <typename T>
struct Rounded {
  Rounded(const float* from, int64_t rows, int64_t width, int64_t stride)
      : storage(allocate((rows * width * sizeof(T) + sizeof(float) - 1) / sizeof(float))),
        numbers(reinterpret_cast<T*>(storage.get())) {
    parallel_for(rows * width > kParallelElements, rows, [&](int64_t r) {
#pragma omp simd
      for (int64_t i = 0; i < width; ++i) numbers[r * width + i] = round(from[r * stride + i]);
    });
  }

  static T round(float value) {
    if constexpr (std::is_same_v<T, float>) {
      return from_bfloat16(to_bfloat16(value));
    } else {
      return to_bfloat16(value);
    }
  }

  std::shared_ptr<float> storage;
  T* numbers;
};

/// A factor of a product, or some rows or columns of it, in a matrix whose rows or, transposed, columns are contiguous.
struct RoundedFactor {
  memory::desc of(int64_t rows, int64_t columns) const {
    return {{rows, columns}, memory::data_type::bf16, transposed ? memory::dims{1, stride} : memory::dims{stride, 1}};
  }
  memory at(const memory::desc& part, int64_t row, int64_t column) const {
    return {part, engine(), numbers + (transposed ? row + column * stride : row * stride + column)};
  }

  uint16_t* numbers;
  int64_t stride;
  bool transposed;
};

dnnl::matmul make(const memory::desc& a, const memory::desc& b, const memory::desc& c, float beta) {
  dnnl::primitive_attr attributes;
  if (beta != 0) {
    dnnl::post_ops after;
    after.append_sum(beta);
    attributes.set_post_ops(after);
  }
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul(dnnl::matmul::primitive_desc(engine(), a, b, c, attributes));
#else
  return dnnl::matmul(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attributes, engine()));
#endif
}

/// Whether the CPU's dot products of bfloat16 (AVX512_BF16) are faster than multiply-adds of float32. AMD's are: with
/// them a Zen 5 trains base 1.5 times as fast. Intel's make half as many products a second (1.3 instructions of 32 a
/// nanosecond beside 5.4 of 16, on an Emerald Rapids): its CPUs have AMX in their place.
bool has_fast_dot_products() {
#if defined(__x86_64__)
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto needed = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (isa & needed) == needed && __builtin_cpu_is("intel") == 0;
#else
  return false;
#endif
}

}  // namespace

bool bfloat16_is_fast() {
  static const bool fast = kHasAmx || has_fast_dot_products();
  return fast;
}

void set_product_precision(Precision precision) {
  precision_ = precision;
}

Precision product_precision() {
  return precision_;
}

void bfloat16_gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
                   const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish) {
  if (kHasAmx && (beta == 0 || beta == 1)) {
    return amx_gemm(m, n, k, {a, lda, transpose_a}, {b, ldb, transpose_b}, beta == 1, c, ldc, finish);
  }
  const int64_t width_a = transpose_a ? m : k, width_b = transpose_b ? k : n;
  if (!bfloat16_is_fast()) {
    const Rounded<float> left(a, transpose_a ? k : m, width_a, lda), right(b, transpose_b ? n : k, width_b, ldb);
    return panel_gemm(m, n, k, {left.numbers, width_a, transpose_a}, {right.numbers, width_b, transpose_b}, beta, c,
                      ldc, finish);
  }
  const Rounded<uint16_t> left(a, transpose_a ? k : m, width_a, lda), right(b, transpose_b ? n : k, width_b, ldb);
  const RoundedFactor from{left.numbers, width_a, transpose_a}, with{right.numbers, width_b, transpose_b};
  const ProductBlocks blocks(m, n);
  parallel_for(m * n * k > kParallelGemm, blocks.count(), [&](int64_t i) {
    const ProductBlock block = blocks[i];
    const memory::desc rows = from.of(block.rows, k), columns = with.of(k, block.columns);
    const memory::desc to({block.rows, block.columns}, memory::data_type::f32, memory::dims{ldc, 1});
    dnnl::stream& stream = onednn::stream();  // before the primitive, which is made for one thread
    thread_local onednn::Kept<dnnl::matmul> kept;
    const dnnl::matmul& product = kept.get({block.rows, block.columns, k, from.stride, with.stride, transpose_a,
                                            transpose_b, ldc, std::bit_cast<int32_t>(beta)},
                                           [&] { return make(rows, columns, to, beta); });
    float* result = c + block.row * ldc + block.column;
    product.execute(stream, {{DNNL_ARG_SRC, from.at(rows, block.row, 0)},
                             {DNNL_ARG_WEIGHTS, with.at(columns, 0, block.column)},
                             {DNNL_ARG_DST, memory(to, engine(), result)}});
    finish.rows(result, ldc, block.rows, block.columns, block.column);
  });
}

}  // namespace rotor
