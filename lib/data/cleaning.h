// Cleaning of parallel text: the first reading of a split, which finds what is wrong with its files and which of its
// pairs to leave out, and why. A pair with a blank side always goes; the rules are for training text. Of pairs that
// occur more than once the first stays; they are known by 64-bit hashes, in 10 to 20 bytes a distinct pair (and half as
// much again while the table grows). n distinct pairs lose one to a wrong match with a probability of n² / 2⁶⁵: 0.03 %
// at 100 million. Beside that, memory grows by one bit a line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/parallel_text.h"
#include "text/scripts.h"

namespace rotor {

/// Why a pair is left out; the first that applies. The last two are found when it is in pieces.
enum class Fault : uint8_t { kNone, kBlank, kIdentical, kScript, kDuplicate, kLength, kRatio };

/// How many pairs have each fault.
class FaultCounts {
 public:
  void add(Fault fault) { ++counts_[static_cast<size_t>(fault)]; }
  FaultCounts& operator+=(const FaultCounts& other);
  int64_t of(Fault fault) const { return counts_[static_cast<size_t>(fault)]; }
  int64_t dropped() const;  ///< all with a fault
  /// "3 blank, 1 ratio": the faults that occurred.
  std::string text() const;

 private:
  std::array<int64_t, 7> counts_ = {};
};

/// "blank", "identical", "script", "duplicate", "length", "ratio".
const char* name(Fault fault);
/// All of them but kNone.
const std::vector<Fault>& faults();

struct CleaningRules {
  bool identical = false;   ///< leave out pairs of the same text on both sides
  bool duplicates = false;  ///< leave out pairs that came before
  double min_script = 0;    ///< the least share of letters in the side's own scripts
  std::optional<Scripts> source = std::nullopt, target = std::nullopt;  ///< needed for min_script

  /// What is wrong with a pair that can be seen from it alone.
  Fault judge(const std::string& source_line, const std::string& target_line) const;
};

/// What the first reading of a split found.
struct Survey {
  std::vector<int64_t> lines;  ///< of each pair of files
  std::vector<bool> kept;      ///< of each pair of lines
  FaultCounts faults;
  std::vector<std::string> with_carriage_returns;  ///< files
};

/// Reads all of a text, with some threads; what is found does not depend on their number. Errors as ParallelReader has
/// them; Interrupted after a signal.
Survey survey(const std::vector<TextPair>& files, const CleaningRules& rules, int64_t workers);

}  // namespace rotor
