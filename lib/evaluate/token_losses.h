// TokenLosses: the losses of the tokens of a corpus under a model, summed over all of them, and for each sample,
// position and document. The sums do not depend on how the samples were batched.
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
  /// without the first ones, of which `context` gives the number, or none if it is empty. `documents` has the numbers
  /// of the documents, from 0, of the targets added, one after another; empty: they are of none.
  void add(const Batch& batch, const Variable& features, const OutputLayer& output,
           std::span<const int64_t> context = {}, std::span<const int64_t> documents = {});

  int64_t tokens() const;
  double bits() const;  ///< of all tokens

  /// Each writes a header and a line for each position, sample or document that has tokens: its number from 1, tokens,
  /// mean loss in bits, separated by commas.
  void write_by_position(const std::filesystem::path& path) const;
  void write_by_sample(const std::filesystem::path& path) const;
  void write_by_document(const std::filesystem::path& path) const;

 private:
  struct Sum {
    double nats = 0;
    int64_t tokens = 0;

    void add(double more) {
      nats += more;
      ++tokens;
    }
  };
  static void write(const std::filesystem::path& path, const char* what, const std::vector<Sum>& sums);

  std::vector<Sum> samples_;    ///< by number
  std::vector<Sum> positions_;  ///< by the number of tokens before
  std::vector<Sum> documents_;  ///< by number
};

}  // namespace rotor
