// The state of softmax attention over a complete sequence, such as the encoded source: its keys are transposed once.
#pragma once

#include <vector>

#include "attention/softmax.h"

namespace rotor {

class FixedMemory : public AttentionMemory {
 public:
  explicit FixedMemory(const SoftmaxAttention& kernel) : kernel_(kernel) {}

  void absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) override;
  Variable attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const override;
  Tensor weights(const Variable& q, Range at, const AttentionMask& mask) const override;
  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return std::ssize(origins_); }

 private:
  /// Queries of all rows that attend to one row of keys, side by side: [rows(), H, n, d].
  Tensor queries(const Variable& q, Range at, const Packing& packing) const;

  const SoftmaxAttention& kernel_;
  Tensor transposed_keys_, values_;
  int64_t length_ = 0;
  std::vector<int32_t> origins_;  ///< for each row, its row of keys and values
};

}  // namespace rotor
