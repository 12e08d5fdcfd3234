#include "kernel/weight_rows.h"

#include <cstring>
#include <utility>

#include "kernel/bfloat16.h"
#include "tensor/parallel.h"

namespace rotor {

WeightRows::WeightRows(const Tensor& matrix) {
  ROTOR_CHECK(matrix.rank() == 2, "expected a weight matrix, got {}", matrix.shape().str());
  rows_ = matrix.size(0);
  width_ = matrix.size(1);
  stored_.numbers = reinterpret_cast<const char*>(matrix.span().data());
  stored_.owner = std::make_shared<Tensor>(matrix);
}

void WeightRows::read(int64_t row, float* to) const {
  const int64_t place = places_.empty() ? row : places_[row], first = place * width_;
  switch (stored_.type) {
    case WeightType::kFloat32:
      std::memcpy(to, stored_.numbers + first * sizeof(float), width_ * sizeof(float));
      return;
    case WeightType::kBfloat16: {
      const char* from = stored_.numbers + first * sizeof(uint16_t);
#pragma omp simd
      for (int64_t i = 0; i < width_; ++i) {
        uint16_t half;
        std::memcpy(&half, from + i * sizeof half, sizeof half);
        to[i] = from_bfloat16(half);
      }
      return;
    }
    case WeightType::kInt8: {
      const auto* from = reinterpret_cast<const int8_t*>(stored_.numbers) + first;
      const float scale = stored_.scales[place];
#pragma omp simd
      for (int64_t i = 0; i < width_; ++i) to[i] = scale * static_cast<float>(from[i]);
    }
  }
}

Tensor WeightRows::floats() const {
  Tensor result({rows_, width_});
  parallel_for(result.elements() > kParallelElements, rows_,
               [&](int64_t row) { read(row, result.data() + row * width_); });
  return result;
}

WeightRows WeightRows::at(std::vector<int32_t> places) const {
  WeightRows some = *this;
  some.rows_ = std::ssize(places);
  some.places_ = std::move(places);
  return some;
}

}  // namespace rotor
