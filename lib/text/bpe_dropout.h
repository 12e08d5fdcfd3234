// BPE-dropout (Provilkov et al. 2020): a sentence's pieces are split into characters and merged again as BPE does, the
// merge of the lowest rank first, but each merge is left out with some probability when its turn comes, so that
// training sees words cut into different pieces each time. It samples as SentencePiece does from a BPE model, with the
// random numbers of a given key; at rate 0 it returns the pieces of ordinary encoding.
#pragma once

#include <unordered_map>

#include "base/random.h"
#include "text/vocabulary.h"

namespace rotor {

class BpeDropout {
 public:
  /// A vocabulary whose pieces are not made by merges, such as that of a unigram model, is an Error.
  explicit BpeDropout(const Vocabulary& vocabulary);

  /// Samples pieces of the same text. Unknown characters, bytes and user-defined symbols stay as they are.
  std::vector<int32_t> operator()(std::span<const int32_t> ids, double rate, Random& random) const;

 private:
  /// A piece as the merges use it.
  struct Piece {
    int32_t id;
    float rank;  ///< pieces of higher rank are merged earlier
  };
  std::vector<int32_t> merge(std::vector<std::string> symbols, double rate, Random& random) const;

  Vocabulary vocabulary_;
  std::unordered_map<std::string, Piece> pieces_;
  std::vector<bool> splits_;  ///< for each id, whether merges lead to it
};

}  // namespace rotor
