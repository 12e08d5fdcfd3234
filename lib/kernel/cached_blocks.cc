#include "kernel/cached_blocks.h"

#include <algorithm>
#include <cstring>

#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// Whether the heads [B, H, T, d] of a position lie side by side, and positions one after the other.
bool merged(const Tensor& x) {
  return x.stride(3) == 1 && x.stride(1) == x.size(3) && x.stride(2) == x.size(1) * x.size(3);
}

/// The positions of x [.., H, length, d] from `begin` on receive those of `block`, row by row as `origins` says.
void gather(const Tensor& block, std::span<const int32_t> origins, int64_t begin, const Tensor& x) {
  if (block.size(2) == 0) return;
  const int64_t length = x.size(2);
  const bool row_by_row = merged(block) && merged(x);
  parallel_for(x.size(0) * block.size(2) * x.size(1) * x.size(3) > kParallelElements, x.size(0), [&](int64_t r) {
    const int64_t origin = origins[r * length + begin];
    if (row_by_row) {
      std::memcpy(x.data() + r * x.stride(0) + begin * x.stride(2), block.data() + origin * block.stride(0),
                  block.size(2) * block.stride(2) * sizeof(float));
    } else {
      x.narrow(0, r, 1).narrow(2, begin, block.size(2)).copy_from(block.narrow(0, origin, 1));
    }
  });
}

}  // namespace

void add_positions(const Tensor& keys, const Tensor& values, std::vector<CachedPosition>& positions) {
  for (int64_t t = 0; t < keys.size(2); ++t) {
    positions.push_back({keys.data() + t * keys.stride(2), values.data() + t * values.stride(2), keys.stride(0),
                         keys.stride(1), values.stride(0), values.stride(1)});
  }
}

Tensor gather_blocks(std::span<const Tensor> blocks, std::span<const int32_t> origins, int64_t rows) {
  const Tensor& first = blocks.front();
  int64_t length = 0, begin = 0;
  for (const Tensor& block : blocks) length += block.size(2);
  const Tensor all = heads_tensor(rows, first.size(1), length, first.size(3));
  for (const Tensor& block : blocks) {
    gather(block, origins, begin, all);
    begin += block.size(2);
  }
  return all;
}

Tensor gather_rows(const Tensor& x, std::span<const int64_t> rows) {
  ROTOR_CHECK(x.rank() > 0 && x.is_contiguous(), "expected contiguous rows, got {} with strides {}", x.shape().str(),
              x.strides().str());
  for (const int64_t row : rows) {
    ROTOR_CHECK(row >= 0 && row < x.size(0), "expected one of {} rows, got {}", x.size(0), row);
  }
  Shape shape = x.shape();
  shape[0] = std::ssize(rows);
  Tensor result(shape);
  const int64_t size = x.elements() / std::max<int64_t>(x.size(0), 1);
  parallel_for(result.elements() > kParallelElements, std::ssize(rows), [&](int64_t r) {
    std::memcpy(result.data() + r * size, x.data() + rows[r] * size, size * sizeof(float));
  });
  return result;
}

}  // namespace rotor
