// Cleaning of parallel text: the first reading of a split, which finds faults of its files and decides which of its
// pairs to leave out, and why. A pair with a blank side is always left out; the other rules apply to training text. The
// first of several equal pairs is kept; pairs are recognised by 64-bit hashes, which take 10 to 20 bytes for each
// distinct pair (and half as much again while the table grows). With n distinct pairs, one is lost to a wrong match
// with a probability of n² / 2⁶⁵: 0.03 % at 100 million. Apart from that, memory grows by one bit for each line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/parallel_text.h"
#include "text/scripts.h"

namespace rotor {

/// The reason why a pair is left out: the first that applies. The last two are found when the pair has been tokenised.
enum class Fault : uint8_t { kNone, kBlank, kIdentical, kScript, kDuplicate, kLength, kRatio };

/// The number of pairs with each fault.
class FaultCounts {
 public:
  void add(Fault fault) { ++counts_[static_cast<size_t>(fault)]; }
  FaultCounts& operator+=(const FaultCounts& other);
  int64_t of(Fault fault) const { return counts_[static_cast<size_t>(fault)]; }
  int64_t dropped() const;  ///< number of pairs with any fault
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
  bool identical = false;   ///< leave out pairs whose sides are equal
  bool duplicates = false;  ///< leave out pairs that occurred before
  double min_script = 0;    ///< the least share of letters in the side's own scripts
  std::optional<Scripts> source = std::nullopt, target = std::nullopt;  ///< needed for min_script

  /// The fault of a pair, as far as it can be seen from the pair alone.
  Fault judge(const std::string& source_line, const std::string& target_line) const;
};

/// The result of the first reading of a split.
struct Survey {
  std::vector<int64_t> lines;  ///< number of lines of each pair of files
  std::vector<bool> kept;      ///< whether each pair of lines is kept
  FaultCounts faults;
  std::vector<std::string> with_carriage_returns;  ///< files with CR LF
};

/// Reads all of a text, with the given number of threads; the result does not depend on that number. Errors are those
/// of ParallelReader; a signal throws Interrupted.
Survey survey(const std::vector<TextPair>& files, const CleaningRules& rules, int64_t workers);

}  // namespace rotor
