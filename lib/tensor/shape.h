// The sizes of a tensor's axes: a short list of numbers without a heap allocation.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/check.h"

namespace rotor {

class Shape {
 public:
  static constexpr int kMaxRank = 5;

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) {
    for (int64_t size : sizes) push_back(size);
  }

  void push_back(int64_t size) {
    ROTOR_CHECK(rank_ < kMaxRank, "expected a tensor of at most {} axes", kMaxRank);
    sizes_[rank_++] = size;
  }

  int rank() const { return rank_; }
  int64_t operator[](int axis) const { return sizes_[axis]; }
  int64_t& operator[](int axis) { return sizes_[axis]; }
  int64_t back() const { return sizes_[rank_ - 1]; }
  const int64_t* begin() const { return sizes_.data(); }
  const int64_t* end() const { return sizes_.data() + rank_; }

  /// The number of elements: 1 for a scalar.
  int64_t elements() const {
    int64_t product = 1;
    for (int64_t size : *this) product *= size;
    return product;
  }

  bool operator==(const Shape& other) const = default;

  /// "[2, 3]".
  std::string str() const {
    std::string text = "[";
    for (int i = 0; i < rank_; ++i) text += (i ? ", " : "") + std::to_string(sizes_[i]);
    return text + "]";
  }

 private:
  std::array<int64_t, kMaxRank> sizes_{};
  int rank_ = 0;
};

}  // namespace rotor
