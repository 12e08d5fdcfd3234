// The length penalty of a model, chosen on a development set: the lists of one search are ranked again for every
// exponent of a range, and BLEU tells which is best. The result is approximate, because a search with that exponent
// would also have kept other hypotheses.
#pragma once

#include <ostream>

#include "search/generate_options.h"

namespace rotor {

struct LenpenSweepOptions {
  std::string range;      ///< FIRST:LAST:STEP; empty: no sweep
  std::string reference;  ///< translations of the input, one sentence on each line

  void describe(Options& options);
};

/// The exponents of a range; a UsageError unless it is FIRST:LAST:STEP.
std::vector<double> lenpen_range(const std::string& range);

/// Translates as `options` say with all hypotheses of the beam, and writes one line for each exponent: the exponent, a
/// tab, BLEU. The last line names the best exponent, the smallest of equally good ones.
void sweep_lenpen(const LenpenSweepOptions& sweep, GenerateOptions options, std::ostream& out);

}  // namespace rotor
