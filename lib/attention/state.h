// AttentionState: the state of an attention kernel while a sequence is decoded. Its first axis is the row, so that beam
// search reorders the state of any attention by one select(). KeyValueState is the KV cache: each block of keys and
// values stays where its step made it, and selecting rows changes indices into the blocks and moves no numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/layers.h"
#include "kernel/step_attention.h"

namespace rotor {

class AttentionState {
 public:
  virtual ~AttentionState() = default;

  /// Replaces each row r by the former row rows[r]; rows may repeat or be left out.
  virtual void select(std::span<const int64_t> rows) = 0;

  virtual int64_t rows() const = 0;  ///< number of rows; 0 while the state is empty
};

class KeyValueState : public AttentionState {
 public:
  /// Appends k and v [rows, H, T, d]. The first block is kept as it is, with gradients; later blocks are for decoding
  /// and have no gradients.
  void append(const Variable& k, const Variable& v);

  /// Stores the only block of keys and values as packed tokens [tokens, H·d]; all functions but packed_keys() and
  /// packed_values() unpack them.
  void keep_packed(const Variable& k, const Variable& v, const Packing& packing, int64_t heads);

  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return rows_; }
  int64_t length() const { return length_; }  ///< number of keys so far

  /// The keys as packed tokens if they were stored by keep_packed(), else keys().
  AttentionInput packed_keys() const;
  AttentionInput packed_values() const;

  /// All keys [rows, H, length, d]: the first block itself if it is the only one and its rows have not been reordered,
  /// else a copy, which is made on demand.
  const Variable& keys() const { return whole(&Block::keys); }
  const Variable& values() const { return whole(&Block::values); }

  /// The context [rows, H, 1, d] of one query in each row, q [rows, H, 1, d], scaled already, that sees every key;
  /// without gradients.
  Tensor attend_step(const Tensor& q) const;
  /// The first half of attend_step(): the scores [rows, H, 1, length].
  Tensor step_scores(const Tensor& q) const;
  Tensor step_context(const Tensor& weights) const;

  /// The context of queries q [rows, H, n, d], scaled already, that see the first lengths[row] keys of the only block;
  /// without gradients.
  Tensor attend_memory(const Tensor& q, std::span<const int32_t> lengths) const;
  /// The weights of attend_memory() averaged over heads, [rows, n, length]: zero from lengths[row] on.
  Tensor memory_weights(const Tensor& q, std::span<const int32_t> lengths) const;

 private:
  struct Block {
    Variable keys, values;
  };
  const Variable& whole(Variable Block::*part) const;
  std::vector<CachedPosition> positions() const;
  /// The indices origins_, or the identity if no row was reordered.
  std::span<const int32_t> origins() const;
  bool packed_as_it_came() const { return packed_.keys.defined() && origins_.empty(); }
  void unpack_all() const;
  /// The keys of the only block in the layout of memory_attention().
  const Tensor& transposed() const;
  /// For each row, its row in the only block.
  std::vector<int32_t> block_rows() const;

  int64_t rows_ = 0, length_ = 0;
  mutable std::vector<Block> blocks_;
  mutable Block packed_;  // stands for the first block until it is unpacked
  Packing packing_;
  int64_t heads_ = 0;             // number of heads of the packed block
  std::vector<int32_t> origins_;  // [rows, length]: for each position, the row of its block; empty: the row itself
  mutable std::vector<int32_t> own_origins_;
  mutable Block whole_;        // cached keys() and values(); undefined once the state changes
  mutable Tensor transposed_;  // the keys of the first block, for transposed()
};

}  // namespace rotor
