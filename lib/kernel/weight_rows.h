// Matrices of weights that are read a row at a time, as floats, whatever their numbers take where they lie: 32 bits,
// 16, or 8 with a scale for each row. A model is packed so straight from its file, and no matrix is ever all floats.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

enum class WeightType { kFloat32, kBfloat16, kInt8 };

/// The numbers of a matrix where they lie, in any alignment.
struct StoredWeights {
  WeightType type = WeightType::kFloat32;
  const char* numbers = nullptr;
  const float* scales = nullptr;      ///< of kInt8: row n is scales[n] times its numbers
  std::shared_ptr<const void> owner;  ///< keeps them
};

/// A view of a matrix [rows, width]. Copies share the numbers.
class WeightRows {
 public:
  /// The rows of a tensor; one that is no contiguous matrix is an Error.
  WeightRows(const Tensor& matrix);  // NOLINT: a tensor is a matrix
  WeightRows(int64_t rows, int64_t width, StoredWeights stored)
      : rows_(rows), width_(width), stored_(std::move(stored)) {}

  int64_t rows() const { return rows_; }
  int64_t width() const { return width_; }

  /// Writes the floats that a row stands for, `width()` of them.
  void read(int64_t row, float* to) const;
  /// The floats of all rows.
  Tensor floats() const;
  /// The matrix of the rows at some places of a whole matrix.
  WeightRows at(std::vector<int32_t> places) const;

 private:
  int64_t rows_, width_;
  StoredWeights stored_;
  std::vector<int32_t> places_;  ///< of the rows; empty: all
};

}  // namespace rotor
