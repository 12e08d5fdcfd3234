// The output layer of a model that scores a list of tokens for each input of a batch. A few inputs share one product
// with the rows of all tokens in their lists: more would compute much that none of them asked for, and with fewer the
// same rows are packed and read more often. Each hypothesis gets the scores of its input's list, with the same bits in
// any batch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "nn/embedding.h"
#include "search/search_input.h"

namespace rotor {

class ListedOutput {
 public:
  /// A list for each input, in rising order. The layer was prepared.
  ListedOutput(const OutputLayer& layer, std::vector<TokenIds> lists);

  int64_t inputs() const { return std::ssize(inputs_); }

  /// The list of one of the inputs.
  std::span<const int32_t> tokens(int64_t input) const { return inputs_[input].tokens; }

  /// Keeps only these inputs, in this order.
  void keep(std::span<const int64_t> inputs);

  /// The scores of `each` hypotheses an input, from the hypothesis `first` on, of features [rows, D]: [rows, longest
  /// list of these], those of the input's list filled up with −∞. Several threads may call it at once.
  Tensor scores(const Tensor& features, int64_t first, int64_t each) const;

 private:
  struct Input {
    TokenIds tokens;
    std::vector<int32_t> places;  ///< of the tokens among those of the output
    std::shared_ptr<const PackedOutput> output;
  };

  std::vector<Input> inputs_;
};

}  // namespace rotor
