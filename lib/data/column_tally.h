// Counts and digests what is written of a column of a corpus.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "text/vocabulary.h"

namespace rotor {

/// Statistics of a column of the text that was written.
struct BinarisedColumn {
  int64_t tokens = 0, unknown = 0;
  std::string sha256;  ///< SHA-256 of its lines, each with a line feed

  /// "1234 tokens, 0.012 % unknown"
  std::string text() const;
};

class ColumnTally {
 public:
  explicit ColumnTally(const Vocabulary& vocabulary) : unknown_(vocabulary.specials().unk) {}

  void add(const std::string& line, const std::vector<int32_t>& ids);
  /// The statistics of all lines; no other line follows.
  BinarisedColumn finish();

 private:
  int32_t unknown_;
  BinarisedColumn column_;
  Sha256 digest_;
};

}  // namespace rotor
