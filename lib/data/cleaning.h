// Cleaning of text: the first reading of a split, which finds faults of its files and decides which of its rows, such
// as pairs of lines, to leave out, and why. A row with a blank line is always left out, but of a text of documents,
// where it ends one; the other rules apply to training text. The first of several equal rows is kept; rows are
// recognised by 64-bit hashes, which take 10 to 20 bytes for each distinct row (and half as much again while the table
// grows). With n distinct rows, one is lost to a wrong match with a probability of n² / 2⁶⁵: 0.03 % at 100 million.
// Apart from that, memory grows by one bit for each row.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "data/parallel_text.h"
#include "text/scripts.h"

namespace rotor {

/// The reason why a row is left out: the first that applies. The last two are found when the row has been tokenised.
enum class Fault : uint8_t { kNone, kBlank, kIdentical, kScript, kDuplicate, kLength, kRatio };

/// The number of rows with each fault.
class FaultCounts {
 public:
  void add(Fault fault) { ++counts_[static_cast<size_t>(fault)]; }
  FaultCounts& operator+=(const FaultCounts& other);
  int64_t of(Fault fault) const { return counts_[static_cast<size_t>(fault)]; }
  int64_t dropped() const;  ///< number of rows with any fault
  /// The faults that occurred, as text: "3 blank, 1 ratio".
  std::string text() const;

 private:
  std::array<int64_t, 7> counts_ = {};
};

/// The name of a fault: "blank", "identical", "script", "duplicate", "length", "ratio".
const char* name(Fault fault);
/// All faults except kNone.
const std::vector<Fault>& faults();

struct CleaningRules {
  bool identical = false;             ///< leave out rows whose lines are equal
  bool duplicates = false;            ///< leave out rows that occurred before
  double min_script = 0;              ///< the least share of letters in the column's own scripts
  std::vector<Scripts> scripts = {};  ///< of each column; needed for min_script
  bool keep_blank = false;            ///< blank lines end documents, and stay

  /// The fault of a row, as far as it can be seen from the row alone.
  Fault judge(const std::vector<std::string>& lines) const;
};

/// The result of the first reading of a split.
struct Survey {
  std::vector<int64_t> lines;  ///< number of lines of each group of files
  std::vector<bool> kept;      ///< whether each row is kept
  int64_t blank = 0;           ///< number of rows kept that are blank
  FaultCounts faults;
  std::vector<std::string> with_carriage_returns;  ///< files with CR LF
};

/// Reads all of a text, with the given number of threads; the result does not depend on that number. Errors are those
/// of ParallelReader; a signal throws Interrupted.
Survey survey(ParallelReader reader, const CleaningRules& rules, int64_t workers);

}  // namespace rotor
