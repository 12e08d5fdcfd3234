// The blocks in which threads share a product. Each is computed by one thread, and their size does not depend on the
// threads: so the result has the same bits for any number of them.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rotor {

inline constexpr int64_t kParallelGemm = 1 << 16;  ///< multiplications from which threads pay

/// A part of a product [M,N]: some whole rows or some whole columns.
struct ProductBlock {
  int64_t row, column, rows, columns;
};

/// The blocks of a product [M,N], cut along the longer side.
class ProductBlocks {
 public:
  ProductBlocks(int64_t m, int64_t n) : m_(m), n_(n), step_(step(std::max(m, n))) {}

  int64_t count() const { return (std::max(m_, n_) + step_ - 1) / step_; }
  ProductBlock operator[](int64_t i) const {
    const int64_t begin = i * step_, size = std::min(step_, std::max(m_, n_) - begin);
    return m_ >= n_ ? ProductBlock{begin, 0, size, n_} : ProductBlock{0, begin, m_, size};
  }

 private:
  /// An eighth of the side, so that a few threads share it evenly, but large enough to pay for packing the other
  /// matrix.
  static int64_t step(int64_t side) { return std::clamp<int64_t>((side / 8 + 15) / 16 * 16, 64, 512); }

  int64_t m_, n_, step_;
};

}  // namespace rotor
