// AttentionState: what an attention has absorbed of the sequence that it attends to. Its first axis is the row, so that
// beam search reorders the state of any attention by one select().
#pragma once

#include <cstdint>
#include <span>

#include "autograd/variable.h"
#include "kernel/mask.h"
#include "kernel/packing.h"
#include "position/encoding.h"

namespace rotor {

class AttentionState {
 public:
  virtual ~AttentionState() = default;

  /// Adds the keys and values of the tokens at positions `at`: k, v [rows, T, G·d], G heads, or packed.
  virtual void absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) = 0;

  /// Queries q [rows, T, H·d], or packed, at positions `at` attend to all tokens absorbed so far -> their contexts, in
  /// the form of q.
  virtual Variable attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const = 0;

  /// Replaces each row r by the former row rows[r]; rows may repeat or be left out.
  virtual void select(std::span<const int64_t> rows) = 0;

  virtual int64_t rows() const = 0;  ///< number of rows; 0 while the state is empty

  /// Whether packed tokens stay packed inside.
  virtual bool keeps_packed() const { return false; }
};

/// The state of a sequence that is complete: rows of queries, as many for each row of keys, may attend to it.
class AttentionMemory : public AttentionState {
 public:
  /// The weights with which attend() mixes the values, averaged over heads: q [rows, T, H·d] -> [rows · T, longest],
  /// zero from a row's number of keys on, without gradients.
  virtual Tensor weights(const Variable& q, Range at, const AttentionMask& mask) const = 0;
};

}  // namespace rotor
