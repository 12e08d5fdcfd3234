// Scaled dot-product attention (eq 2; Vaswani et al. 2017): softmax(q kᵀ / √d + position terms + mask) v. Its states
// are TrainingKeys, KeyValueCache and FixedMemory; they share what stands here.
#pragma once

#include "attention/kernel.h"

namespace rotor {

class SoftmaxAttention : public AttentionKernel {
 public:
  explicit SoftmaxAttention(const AttentionParts& parts);

  std::unique_ptr<AttentionState> once(const AttentionMask& mask) const override;
  std::unique_ptr<AttentionState> cache() const override;
  std::unique_ptr<AttentionMemory> memory() const override;

  const AttentionHeads& heads() const { return heads_; }
  const PositionEncoding& position() const { return *position_; }
  float scale() const { return scale_; }  ///< 1/√d
  float dropout() const { return dropout_; }
  int64_t window() const { return window_; }

  /// The mask with this attention's window, for keys whose positions begin at `first_key`.
  AttentionMask windowed(AttentionMask mask, int64_t first_key = 0) const;

  /// Keys or values [rows, T, G·d], or packed, as [rows, G, T, d].
  Variable split(const Variable& x, const Packing& packing) const;

  /// Queries [rows, T, H·d], or packed, as [rows, H, T, d], scaled and with their positions; with zeros as columns for
  /// those that an encoding adds to the keys.
  Variable queries(const Variable& q, Range at, const Packing& packing) const;

  /// The contexts [rows, H, T, d] of queries() at positions `at` over keys [rows, G, Tk, d], whose positions begin at
  /// `first_key`: all that the queries see.
  Variable attend(const Variable& queries, const Variable& k, const Variable& v, Range at, const AttentionMask& mask,
                  int64_t first_key = 0) const;

 private:
  AttentionHeads heads_;
  std::shared_ptr<const PositionEncoding> position_;
  float scale_, dropout_;
  int64_t window_;
};

std::unique_ptr<AttentionKernel> make_softmax_attention(const AttentionParts& parts);

}  // namespace rotor
