// Linear attention (eq 18; Katharopoulos et al. 2020): o_m = Σ_n (φ(q_m) · φ(k_n)) v_n / Σ_n φ(q_m) · φ(k_n), φ(x) =
// elu(x) + 1, without 1/√d and without dropout. With rope (eq 19) the features are rotated after φ, in the numerator
// only. Time and memory grow linearly with the length; decoding keeps two sums, whose size does not grow.
#pragma once

#include "attention/kernel.h"
#include "kernel/linear_attention.h"

namespace rotor {

/// Holds the newest block of keys, as rotated and as plain features, and the sums over all keys before it.
class LinearState : public AttentionState {
 public:
  /// Appends k [rows,H,T,d], rotated, v [rows,H,T,e], and plain_k [rows,H,T,d]. The first block is kept as it is, with
  /// gradients; later blocks are for decoding and have no gradients.
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
  /// Causal queries have the positions of the newest block of keys. Other queries see that block only, so all their
  /// keys must come in one block.
  Variable attend(const Variable& q, const PositionEncoding& position, Range at, const AttentionMask& mask,
                  const AttentionState& state, float dropout) const override;
};

}  // namespace rotor
