// Multi-head attention (Vaswani et al. 2017, section 3.2.2): H heads attend side by side on projections of width
// d = D / H, and one projection merges them.
#pragma once

#include <memory>

#include "attention/kernel.h"
#include "attention/state.h"
#include "autograd/packing.h"
#include "nn/layers.h"

namespace rotor {

class MultiHeadAttention : public Module {
 public:
  /// `memory_width` is that of what is attended to: D in self-attention, the encoder's width in cross-attention.
  MultiHeadAttention(int64_t width, int64_t memory_width, int64_t heads,
                     std::shared_ptr<const PositionEncoding> position, std::shared_ptr<const AttentionKernel> kernel,
                     float dropout);

  /// An empty state to absorb into.
  std::unique_ptr<AttentionState> start() const { return kernel_->start(); }

  /// Projects memory [rows, T, memory_width] at positions `at`, packed or without padding, to keys and values and adds
  /// them to the state.
  void absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing = {}) const;

  /// x [rows, T, D] at positions `at`, packed or without padding, attends to the state -> like x.
  Variable attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                  const Packing& packing = {}) const;

  /// Self-attention of a step, once the weights are fixed: x [rows, D], a token a row at position at.begin, is absorbed
  /// and attends -> [rows, D].
  Tensor step(const Tensor& x, Range at, AttentionState& state) const;

  /// Cross-attention of a step: x [rows, D], a whole multiple of rows a source, attends to sources of these
  /// lengths -> [rows, D].
  Tensor step_memory(const Tensor& x, Range at, std::span<const int32_t> lengths, const AttentionState& state) const;

  /// The weights of cross-attention by softmax averaged over heads, for people to see: x [rows, D], a whole multiple of
  /// rows a source, to sources of these lengths -> [rows, longest source], zero from the row's length on. No gradients.
  Tensor memory_weights(const Tensor& x, Range at, std::span<const int32_t> lengths, const AttentionState& state) const;

 private:
  /// The projected queries q [rows, D] as kernels of softmax attention read them, [groups, H, rows / groups, d];
  /// changes q.
  Tensor step_queries(const Tensor& q, int64_t groups, Range at) const;

  /// The context [rows, H, 1, d] of a step: of keys that the state keeps, by the kernel on its own state, and of scores
  /// or contexts that the encoding touches.
  Tensor step_context(const Tensor& x, Range at, AttentionState& state) const;
  Tensor kernel_step(const Tensor& x, const Tensor& k, const Tensor& v, Range at, AttentionState& state) const;
  Tensor scored_step(const Tensor& q, Range at, const KeyValueState& cache) const;

  Linear q_proj_, k_proj_, v_proj_, out_proj_;
  int64_t heads_;
  std::shared_ptr<const PositionEncoding> position_;
  std::shared_ptr<const AttentionKernel> kernel_;
  bool keeps_keys_;    ///< the kernel's state is a KeyValueState
  bool stays_packed_;  ///< fused attention on packed tokens serves this kernel and encoding
  float dropout_;
};

}  // namespace rotor
