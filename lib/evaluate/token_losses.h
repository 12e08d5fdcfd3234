// TokenLosses: the losses of the tokens of a corpus under a model, summed over all of them and for each position. The
// sums do not depend on how the samples were batched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "data/batch.h"
#include "nn/embedding.h"

namespace rotor {

class TokenLosses {
 public:
  /// Adds the targets of a batch, given their features [tokens, D], row after row without the padding; of each row
  /// without the first ones, of which `context` gives the number, or none if it is empty.
  void add(const Batch& batch, const Variable& features, const OutputLayer& output,
           std::span<const int64_t> context = {});

  int64_t tokens() const;
  double bits() const;  ///< of all tokens

  /// Writes a header and a line for each position that has tokens: position from 1, tokens, mean loss in bits,
  /// separated by commas.
  void write_by_position(const std::filesystem::path& path) const;

 private:
  struct Sum {
    double nats = 0;
    int64_t tokens = 0;

    void add(double more) {
      nats += more;
      ++tokens;
    }
  };
  std::vector<Sum> samples_;    ///< by number
  std::vector<Sum> positions_;  ///< by the number of tokens before
};

}  // namespace rotor
