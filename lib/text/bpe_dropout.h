// BPE-dropout (Provilkov et al. 2020): a sentence's pieces are split into characters and merged again as BPE does, the
// merge of the lowest rank first, but each merge is left out with some probability when its turn comes, so that
// training sees words in other pieces each time. As SentencePiece samples from a BPE model, with random numbers of a
// given key; at rate 0 it gives the pieces that encoding gives.
#pragma once

#include <unordered_map>

#include "base/random.h"
#include "text/vocabulary.h"

namespace rotor {

class BpeDropout {
 public:
  /// An Error if the vocabulary's pieces are not made by merges, as those of a unigram model are not.
  explicit BpeDropout(const Vocabulary& vocabulary);

  /// Other pieces of the same text. Unknown characters, bytes and user-defined symbols stay as they are.
  std::vector<int32_t> operator()(std::span<const int32_t> ids, double rate, Random& random) const;

 private:
  /// What a piece is to merges.
  struct Piece {
    int32_t id;
    float rank;  ///< the higher, the earlier it is merged
  };
  std::vector<int32_t> merge(std::vector<std::string> symbols, double rate, Random& random) const;

  Vocabulary vocabulary_;
  std::unordered_map<std::string, Piece> pieces_;
  std::vector<bool> splits_;  ///< of each id: whether merges lead to it
};

}  // namespace rotor
