// The state of softmax attention over one block of keys and values, with gradients.
#pragma once

#include "attention/softmax.h"

namespace rotor {

/// Packed tokens stay packed if the encoding leaves queries, keys and scores as they are.
class TrainingKeys : public AttentionState {
 public:
  explicit TrainingKeys(const SoftmaxAttention& kernel);

  void absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) override;
  Variable attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const override;
  void select(std::span<const int64_t> rows) override;  ///< an Error: training keeps its rows
  int64_t rows() const override { return rows_; }
  bool keeps_packed() const override { return stays_packed_; }

 private:
  const SoftmaxAttention& kernel_;
  bool stays_packed_;
  Variable k_, v_;  ///< [rows, G, T, d], or [tokens, G·d] packed
  Packing packing_;
  int64_t rows_ = 0;
};

}  // namespace rotor
