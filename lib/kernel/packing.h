// Packing: how the sentences of a padded batch lie end to end in a packed tensor, so that layers which look at one
// token at a time spend nothing on padding.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

/// The layout of the sentences of a batch [rows, length, …] in a packed tensor [tokens, …]. Without padding there is
/// nothing to pack, and packed tensors are the batches themselves.
class Packing {
 public:
  Packing() = default;
  Packing(int64_t length, std::vector<int32_t> lengths) : length_(length), lengths_(std::move(lengths)) {
    for (int32_t size : lengths_) begins_.push_back(begins_.back() + size);
    active_ = tokens() < rows() * length_;
  }

  bool active() const { return active_; }
  int64_t rows() const { return static_cast<int64_t>(lengths_.size()); }
  int64_t length() const { return length_; }
  int64_t tokens() const { return begins_.back(); }
  int64_t size(int64_t row) const { return lengths_[row]; }
  int64_t begin(int64_t row) const { return begins_[row]; }  ///< index of a sentence's first token

 private:
  int64_t length_ = 0;
  std::vector<int32_t> lengths_;
  std::vector<int64_t> begins_{0};
  bool active_ = false;
};

/// [rows, length, D] -> [tokens, D].
Tensor pack_tokens(const Tensor& padded, const Packing& packing);

/// The mean of each sentence's tokens: [tokens, D] -> [rows, D]. No sentence is empty.
Tensor row_means(const Tensor& packed, const Packing& packing);
/// The gradient of the tokens, given that of row_means(): [rows, D] -> [tokens, D].
Tensor row_means_backward(const Tensor& gradient, const Packing& packing);

/// [tokens, D] -> [rows, length, D], with zeros in the padding.
Tensor unpack_tokens(const Tensor& packed, const Packing& packing);

}  // namespace rotor
