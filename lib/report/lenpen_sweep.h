// The length penalty of a model, chosen on a development set: the lists of one search are ranked again for every
// exponent of a range, and BLEU tells which is best. Approximate, as a search with that exponent would also have kept
// other hypotheses.
#pragma once

#include <ostream>

#include "search/generate_options.h"

namespace rotor {

struct LenpenSweepOptions {
  std::string range;      ///< FIRST:LAST:STEP; empty: no sweep
  std::string reference;  ///< translations of the input, a line a sentence

  void describe(Options& options);
};

/// The exponents of a range; a UsageError unless it is FIRST:LAST:STEP.
std::vector<double> lenpen_range(const std::string& range);

/// Translates as `options` say with all hypotheses of the beam, and writes a line an exponent: it, a tab, BLEU. The
/// last line names the best, the smallest of equal ones.
void sweep_lenpen(const LenpenSweepOptions& sweep, GenerateOptions options, std::ostream& out);

}  // namespace rotor
