// The tokens that may be produced for each input of a batch, where each has a list of its own. A model computes the
// scores of all tokens that are in some list at once, and each hypothesis gets those of its input's, so that it sees
// the same numbers in any batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

class BatchTokens {
 public:
  /// A list for each input, in rising order.
  explicit BatchTokens(std::vector<std::vector<int32_t>> lists);

  /// The tokens of all lists, in rising order.
  const std::vector<int32_t>& all() const { return all_; }
  /// The number of inputs.
  int64_t size() const { return std::ssize(inputs_); }
  std::span<const int32_t> of(int64_t input) const { return inputs_[input].tokens; }

  /// Keeps only these inputs, in this order. all() stays.
  void keep(std::span<const int64_t> inputs);

  /// Of the scores of all() [rows, n] of hypotheses, of which `first` is the first, and each input has `each`, those of
  /// the input's own tokens: [rows, longest list of these], filled up with −∞.
  Tensor own(const Tensor& scores, int64_t first, int64_t each) const;

 private:
  struct Input {
    std::vector<int32_t> tokens, places;  ///< the places of the tokens among all_
  };

  std::vector<int32_t> all_;
  std::vector<Input> inputs_;
};

}  // namespace rotor
