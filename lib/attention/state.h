// AttentionState: what an attention has absorbed so far. Rows come first, so that beam search reorders the state of any
// attention by one select(). KeyValueState keeps all keys and values, each block where its step made it: selecting rows
// changes which rows of the blocks they are, and moves nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/layers.h"
#include "tensor/step_attention.h"

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

  /// Keeps the only keys and values as packed tokens [tokens, H·d]; whoever asks for more than packed_keys() and
  /// packed_values() unpacks them.
  void keep_packed(const Variable& k, const Variable& v, const Packing& packing, int64_t heads);

  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return rows_; }
  int64_t length() const { return length_; }  ///< keys so far

  /// Keys and values as packed tokens if they were kept so, else as keys() and values().
  AttentionInput packed_keys() const;
  AttentionInput packed_values() const;

  /// All keys and values [rows, H, length, d]: the first block as it came if it is the only one and its rows stand as
  /// they came, else a copy, which is made when it is asked for.
  const Variable& keys() const { return whole(&Block::keys); }
  const Variable& values() const { return whole(&Block::values); }

  /// The context [rows, H, 1, d] of a query a row, q [rows, H, 1, d] scaled already, that sees every key. No gradients.
  Tensor attend_step(const Tensor& q) const;
  /// Its halves: the scores [rows, H, 1, length], and the context of weights of that shape.
  Tensor step_scores(const Tensor& q) const;
  Tensor step_context(const Tensor& weights) const;

  /// The context of q [rows, H, n, d], scaled already, that see the first lengths[row] keys of the only block. No
  /// gradients.
  Tensor attend_memory(const Tensor& q, std::span<const int32_t> lengths) const;
  /// The weights of attend_memory() averaged over heads, [rows, n, length]: zero from lengths[row] on.
  Tensor memory_weights(const Tensor& q, std::span<const int32_t> lengths) const;

 private:
  struct Block {
    Variable keys, values;
  };
  const Variable& whole(Variable Block::*part) const;
  std::vector<CachedPosition> positions() const;
  /// origins_, written out if every row is its own.
  std::span<const int32_t> origins() const;
  bool packed_as_it_came() const { return packed_.keys.defined() && origins_.empty(); }
  void unpack_all() const;
  /// The keys of the only block as memory_attention() reads them.
  const Tensor& transposed() const;
  /// Which row of the only block each row is.
  std::vector<int32_t> block_rows() const;

  int64_t rows_ = 0, length_ = 0;
  mutable std::vector<Block> blocks_;
  mutable Block packed_;  // in place of the first block, until it is unpacked
  Packing packing_;
  int64_t heads_ = 0;             // of what is packed
  std::vector<int32_t> origins_;  // [rows, length]: the row of its block that each position's key is; empty: its own
  mutable std::vector<int32_t> own_origins_;
  mutable Block whole_;        // keys() and values() as they were last asked for; undefined once they changed
  mutable Tensor transposed_;  // the keys of the first block, for transposed()
};

}  // namespace rotor
