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
  /// `memory_width` is the width of the sequence attended to: D in self-attention, the encoder's width in
  /// cross-attention.
  MultiHeadAttention(int64_t width, int64_t memory_width, int64_t heads,
                     std::shared_ptr<const PositionEncoding> position, std::shared_ptr<const AttentionKernel> kernel,
                     float dropout);

  /// An empty state for absorb().
  std::unique_ptr<AttentionState> start() const { return kernel_->start(); }

  /// Projects memory [rows, T, memory_width] at positions `at`, packed or unpadded, to keys and values and adds them to
  /// the state.
  void absorb(const Variable& memory, Range at, AttentionState& state, const Packing& packing = {}) const;

  /// x [rows, T, D] at positions `at`, packed or unpadded, attends to the state; the result has the shape of x.
  Variable attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                  const Packing& packing = {}) const;

  /// Self-attention of one decoding step, with prepacked weights: x [rows, D], one token in each row at position
  /// at.begin, is absorbed and attends -> [rows, D].
  Tensor step(const Tensor& x, Range at, AttentionState& state) const;

  /// Cross-attention of one decoding step: x [rows, D], with the same number of rows for each source, attends to
  /// sources of these lengths -> [rows, D].
  Tensor step_memory(const Tensor& x, Range at, std::span<const int32_t> lengths, const AttentionState& state) const;

  /// The weights of softmax cross-attention averaged over heads, for alignments and pictures: x [rows, D], with the
  /// same number of rows for each source, and sources of these lengths -> [rows, longest source], zero from each
  /// source's length on, without gradients.
  Tensor memory_weights(const Tensor& x, Range at, std::span<const int32_t> lengths, const AttentionState& state) const;

 private:
  /// Lays out the projected queries q [rows, D] for softmax attention as [groups, H, rows / groups, d]; changes q.
  Tensor step_queries(const Tensor& q, int64_t groups, Range at) const;

  /// The context [rows, H, 1, d] of one decoding step. step_context() uses the state's KV cache, kernel_step() lets the
  /// kernel use its own state, and scored_step() serves encodings that change scores or contexts.
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
