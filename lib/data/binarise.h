// Turns clean parallel text into a binarised corpus: the second reading of a split. Threads encode blocks of lines and
// write them in order, so that the corpus does not depend on the number of threads and memory does not grow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/cleaning.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"

namespace rotor {

/// Limits beyond which a pair is unlikely to be a translation; 0 sets no limit.
struct LengthRules {
  int64_t max_length = 0;  ///< largest number of tokens of a side
  double max_ratio = 0;    ///< largest ratio of the longer to the shorter side, in tokens

  Fault judge(size_t source, size_t target) const;
};

/// Statistics of one side of the text that was written.
struct BinarisedSide {
  int64_t tokens = 0, unknown = 0;
  std::string sha256;  ///< SHA-256 of its lines, each with a line feed
};

struct Binarised {
  int64_t pairs = 0;   ///< number of pairs written
  FaultCounts faults;  ///< faults of pairs that the survey kept but that were not written
  BinarisedSide source, target;
};

/// Encodes the pairs of a text that its survey kept, and gives them to `writer` in their order. Throws Interrupted
/// after a signal.
Binarised binarise(const std::vector<TextPair>& files, const std::vector<bool>& kept, const LengthRules& rules,
                   const Vocabularies& vocabularies, CorpusWriter& writer, int64_t workers);

}  // namespace rotor
