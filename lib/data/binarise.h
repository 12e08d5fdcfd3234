// Turns clean text into a binarised corpus: the second reading of a split. Threads encode blocks of lines and write
// them in order, so that the corpus does not depend on the number of threads and memory does not grow. Of a text of
// documents a run of blank lines ends one and belongs to it, and so does the end of a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/cleaning.h"
#include "data/column_tally.h"
#include "data/corpus_writer.h"
#include "text/vocabulary.h"

namespace rotor {

/// Limits on the number of tokens; 0 sets no limit.
struct LengthRules {
  int64_t max_length = 0;   ///< largest number of tokens of a line
  double max_ratio = 0;     ///< largest ratio of the longest line of a row to the shortest, in tokens
  bool keep_blank = false;  ///< lines without tokens stay

  /// The fault of a row whose lines have so many tokens.
  Fault judge(std::span<const size_t> sizes) const;
};

struct Binarised {
  int64_t rows = 0;        ///< number of rows written
  int64_t empty_rows = 0;  ///< those of them without tokens
  FaultCounts faults;      ///< faults of rows that the survey kept but that were not written
  std::vector<BinarisedColumn> columns;
};

/// How the lines of a column become ids.
struct Encoder {
  Vocabulary vocabulary;
  int32_t opening = -1;  ///< the token that each line begins with; −1: none

  std::vector<int32_t> operator()(std::string_view line) const;
};

/// Encodes the rows of a text that its survey kept, each column with its encoder, and gives them to `writer` in
/// their order, with the ends of documents if the text has such (`documents`). Throws Interrupted after a signal.
Binarised binarise(ParallelReader reader, const std::vector<bool>& kept, const LengthRules& rules, bool documents,
                   const std::vector<Encoder>& encoders, CorpusWriter& writer, int64_t workers);

}  // namespace rotor
