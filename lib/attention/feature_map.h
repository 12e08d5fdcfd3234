// FeatureMap: the φ of linear attention, which stands for the weight of a pair by φ(q) · φ(k).
#pragma once

#include "autograd/linear_attention.h"
#include "nn/module.h"

namespace rotor {

class FeatureMap : public Module {
 public:
  /// φ of queries [rows, H, T, d] -> [rows, H, T, m].
  virtual Variable of_queries(const Variable& q, const AttentionMask& mask) const = 0;

  /// φ of keys, in the same shapes. `past` holds the sums over the keys before them, undefined if they are the first.
  virtual KeyFeatures of_keys(const Variable& k, const AttentionMask& mask, const LinearAttentionSums& past) const = 0;
};

}  // namespace rotor
