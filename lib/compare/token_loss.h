// The loss of tokens as a score of a corpus, for the tests of significance that BLEU has: a segment's statistics are
// its bits and its tokens.
#pragma once

#include "score/metric.h"

namespace rotor {

class TokenLoss : public CorpusScore {
 public:
  size_t width() const override { return 2; }
  /// Bits a token; NaN of no tokens.
  double score(std::span<const double> sums) const override { return sums[0] / sums[1]; }
};

/// Sets the statistics of a segment: the loss of all its tokens in bits, and their number.
inline void set_loss(Statistics& statistics, size_t segment, double bits, double tokens) {
  statistics.row(segment)[0] = bits;
  statistics.row(segment)[1] = tokens;
}

}  // namespace rotor
