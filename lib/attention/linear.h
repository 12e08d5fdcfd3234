// Linear attention (eq 18; Katharopoulos et al. 2020): o_m = Σ_n (φ(q_m) · φ(k_n)) v_n / Σ_n φ(q_m) · φ(k_n), φ(x) =
// elu(x) + 1, without 1/√d and without dropout. With rope (eq 19) the features turn after φ, in the numerator only.
// Time and memory grow as the length; decoding keeps two sums and nothing that grows.
#pragma once

#include "attention/kernel.h"
#include "tensor/linear_attention.h"

namespace rotor {

/// The newest block of keys, as features, turned and plain, and the sums over all before it.
class LinearState : public AttentionState {
 public:
  /// k [rows,H,T,d] turned, v [rows,H,T,e], plain_k like k. The first block is kept as it is, gradients included; later
  /// ones are for decoding, without gradients.
  void append(const Variable& k, const Variable& v, const Variable& plain_k);

  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return rows_; }

  const Variable& keys() const { return k_; }
  const Variable& values() const { return v_; }
  const Variable& plain_keys() const { return plain_k_; }
  const LinearAttentionSums& past() const { return past_; }

 private:
  /// Moves the newest block into the sums.
  void settle();

  int64_t rows_ = 0;
  Variable k_, v_, plain_k_;
  LinearAttentionSums past_;
};

class LinearAttention : public AttentionKernel {
 public:
  std::unique_ptr<AttentionState> start() const override;
  void absorb(const Variable& k, const Variable& v, const PositionEncoding& position, Range at,
              AttentionState& state) const override;
  /// Causal queries stand where the newest block of keys does; others see that block only, so all keys come in one.
  Variable attend(const Variable& q, const PositionEncoding& position, Range at, const AttentionMask& mask,
                  const AttentionState& state, float dropout) const override;
};

}  // namespace rotor
