// Packed tokens: the sentences of a padded batch end to end, so that layers which look at one token at a time spend
// nothing on padding. Attention alone needs the batch's form back.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/variable.h"

namespace rotor {

/// How the sentences of a batch [rows, length, …] lie in a packed tensor [tokens, …]. Without padding there is nothing
/// to pack, and packed tensors are the batches themselves.
class Packing {
 public:
  Packing() = default;
  Packing(int64_t length, std::vector<int32_t> lengths);

  bool active() const { return active_; }
  int64_t rows() const { return static_cast<int64_t>(lengths_.size()); }
  int64_t length() const { return length_; }
  int64_t tokens() const { return begins_.back(); }
  int64_t size(int64_t row) const { return lengths_[row]; }
  int64_t begin(int64_t row) const { return begins_[row]; }  ///< of a sentence, among the tokens

 private:
  int64_t length_ = 0;
  std::vector<int32_t> lengths_;
  std::vector<int64_t> begins_{0};
  bool active_ = false;
};

/// [rows, length, D] -> [tokens, D].
Variable pack(const Variable& x, const Packing& packing);

/// [tokens, D] -> [rows, length, D], zeros in the padding. The gradient of pack, and the other way round.
Variable unpack(const Variable& x, const Packing& packing);

}  // namespace rotor
