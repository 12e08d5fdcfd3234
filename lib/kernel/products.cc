#include "kernel/products.h"

#include <algorithm>

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

}  // namespace

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
