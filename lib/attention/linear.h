// Linear attention (eq 18; Katharopoulos et al. 2020): o_m = Σ_n (φ(q_m) · φ(k_n)) v_n / Σ_n φ(q_m) · φ(k_n), without
// dropout. Rotary positions turn the features after φ, in the numerator alone (eq 19), or queries and keys before φ.
// Time and memory grow linearly with the length; decoding keeps two sums, whose size does not grow.
#pragma once

#include "attention/feature_map.h"
#include "attention/kernel.h"

namespace rotor {

class LinearAttention : public AttentionKernel {
 public:
  LinearAttention(const AttentionParts& parts, std::unique_ptr<FeatureMap> map);

  std::unique_ptr<AttentionState> once(const AttentionMask& mask) const override;
  std::unique_ptr<AttentionState> cache() const override;

  const AttentionHeads& heads() const { return heads_; }

  /// The features of queries, or of keys, [rows, H, T, m]: with their positions, for the numerator, and `plain`, for
  /// the denominator.
  struct Features {
    Variable turned, plain;
    Tensor log_scales{};  ///< of keys (KeyFeatures)
  };
  Features of_queries(const Variable& q, Range at, const AttentionMask& mask) const;
  Features of_keys(const Variable& k, Range at, const AttentionMask& mask, const LinearAttentionSums& past) const;
  Variable of_values(const Variable& v, Range at) const { return position_->on_values(v, at); }

 private:
  AttentionHeads heads_;
  std::shared_ptr<const PositionEncoding> position_;
  bool rotates_after_;
  std::unique_ptr<FeatureMap> map_;
};

/// Holds the newest block of keys as features, and the sums over all keys before it.
class LinearState : public AttentionState {
 public:
  /// `mask` is that of the queries, but for their position.
  LinearState(const LinearAttention& kernel, AttentionMask mask) : kernel_(kernel), mask_(std::move(mask)) {}

  /// The first block is kept as it is, with gradients; later blocks are for decoding and have no gradients.
  void absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) override;
  /// Causal queries have the positions of the newest block of keys. Other queries see that block only, so all their
  /// keys must come in one block.
  Variable attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const override;
  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return rows_; }

 private:
  /// Moves the newest block into the sums.
  void settle();
  /// x [rows, T, heads · d], or packed, as [rows, H, T, d].
  Variable split(const Variable& x, int64_t heads, const Packing& packing) const;

  const LinearAttention& kernel_;
  AttentionMask mask_;
  int64_t rows_ = 0;
  LinearAttention::Features keys_;
  Variable values_;
  LinearAttentionSums past_;
};

/// φ(x) = elu(x) + 1, without 1/√d.
std::unique_ptr<AttentionKernel> make_linear_attention(const AttentionParts& parts);

}  // namespace rotor
