// AttentionState: what an attention has absorbed so far. Rows come first, so that beam search reorders the state of any
// attention by one select(). KeyValueState keeps all keys and values.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/variable.h"

namespace rotor {

class AttentionState {
 public:
  virtual ~AttentionState() = default;

  /// Row r becomes what row rows[r] was; rows may repeat or be left out.
  virtual void select(std::span<const int64_t> rows) = 0;

  virtual int64_t rows() const = 0;  ///< 0 while it is empty
};

class KeyValueState : public AttentionState {
 public:
  /// Appends k and v [rows, H, T, d]. The first block is kept as it is, gradients included; later ones are for
  /// decoding, without gradients.
  void append(const Variable& k, const Variable& v);

  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return keys_.defined() ? keys_.size(0) : 0; }

  int64_t length() const { return length_; }      ///< keys so far
  const Variable& keys() const { return keys_; }  ///< [rows, H, length, d]
  const Variable& values() const { return values_; }

 private:
  int64_t length_ = 0;
  Variable keys_, values_;
  Tensor key_room_, value_room_;  // [rows, capacity, H, d]: room for keys to come
};

}  // namespace rotor
