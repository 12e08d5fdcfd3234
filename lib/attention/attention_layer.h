// AttentionLayer: the part of a stack's layer by which tokens learn of others: multi-head attention, or what stands in
// its place. It projects tokens and hands them to a state, which its kernel makes (attention/kernel.h).
#pragma once

#include "attention/kernel.h"

namespace rotor {

class AttentionLayer : public Module {
 public:
  /// Makes the states of this layer, which must not outlive it.
  virtual const AttentionKernel& kernel() const = 0;

  /// Projects a sequence [rows, T, memory width] at positions `at`, packed or not, and adds it to the state.
  virtual void absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing) const = 0;

  /// x [rows, T, D] at positions `at`, packed or not, attends to the state; the result has the shape of x.
  virtual Variable attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                          const Packing& packing) const = 0;
};

}  // namespace rotor
