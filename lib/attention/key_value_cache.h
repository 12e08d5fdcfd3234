// The KV cache: the state of softmax attention while a sequence is decoded. Selecting rows changes indices into its
// blocks of keys and values and moves no numbers. A block stays where its step made it, but single positions are copied
// side by side, eight in a tensor: a long cache is read from main memory, and in order two to three times as fast. With
// a window, leading blocks that no later query sees are released.
#pragma once

#include <deque>
#include <vector>

#include "attention/softmax.h"
#include "kernel/step_attention.h"

namespace rotor {

class KeyValueCache : public AttentionState {
 public:
  explicit KeyValueCache(const SoftmaxAttention& kernel) : kernel_(kernel) {}

  void absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) override;
  /// A single query in each row, the last position, copies no keys unless the encoding reads them.
  Variable attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const override;
  void select(std::span<const int64_t> rows) override;
  int64_t rows() const override { return rows_; }

 private:
  struct Block {
    Tensor keys, values;  ///< [rows, G, T, d]
  };
  /// A block of one position, copied beside those before it.
  Block beside_earlier(const Block& step);
  Tensor attend_step(const Variable& queries, Range at) const;
  /// Releases the leading blocks that queries from position `next` on do not see; returns how many positions they had.
  int64_t release_unseen(int64_t next);
  /// The keys or values of all blocks, [rows, G, length, d]: the only block itself if its rows have not been reordered.
  Tensor whole(Tensor Block::*part) const;
  std::vector<CachedPosition> positions() const;
  /// The first `released` positions go; rows of the next `added` ones are the rows themselves.
  void move_on(int64_t released, int64_t added);

  const SoftmaxAttention& kernel_;
  int64_t rows_ = 0;
  int64_t first_ = 0, length_ = 0;  ///< the first position of the blocks, and how many they have
  std::deque<Block> blocks_;
  Block room_;                    ///< of single positions, [rows, G, kSideBySide, d]
  int64_t left_ = 0;              ///< positions of it that are free
  std::vector<int32_t> origins_;  ///< [rows, length]: for each position, the row of its block
  bool reordered_ = false;
};

}  // namespace rotor
