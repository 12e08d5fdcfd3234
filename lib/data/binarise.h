// From clean parallel text to a binarised corpus: the second reading of a split, in which threads encode blocks of
// lines and one after the other writes them, so that the corpus does not depend on their number and memory does not
// grow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/cleaning.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"

namespace rotor {

/// Which pairs of pieces are unlikely to be translations; 0 sets no limit.
struct LengthRules {
  int64_t max_length = 0;  ///< pieces of a side
  double max_ratio = 0;    ///< of the longer to the shorter side

  Fault judge(size_t source, size_t target) const;
};

/// One side of the text that was written.
struct BinarisedSide {
  int64_t tokens = 0, unknown = 0;
  std::string sha256;  ///< of its lines, each with a line feed
};

struct Binarised {
  int64_t pairs = 0;   ///< written
  FaultCounts faults;  ///< of those that were not, though the survey kept them
  BinarisedSide source, target;
};

/// Encodes the pairs of a text that its survey kept, and gives them to `writer` in their order. Interrupted after a
/// signal.
Binarised binarise(const std::vector<TextPair>& files, const std::vector<bool>& kept, const LengthRules& rules,
                   const Vocabularies& vocabularies, CorpusWriter& writer, int64_t workers);

}  // namespace rotor
