// The work of rotor-inspect: it describes a file or folder, verifies it, and draws the effect of distance in its
// position encodings.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/options.h"

namespace rotor {

struct InspectOptions {
  std::string file;
  bool tensors = false, json = false, verify = false;
  std::string distance_profile, long_term_decay;  ///< files to write, .svg, .pdf or .csv
  int64_t reach = 0;                              ///< greatest distance; 0: the figure's own
  int64_t head_width = 128;
  std::vector<std::string> rope_base = {"10000"};

  void describe(Options& options);
  /// Impossible values and combinations are a UsageError.
  void check() const;
  /// Whether neither --verify nor a figure takes the place of the summary.
  bool wants_summary() const;
};

/// Does what the options request, and writes results to `out`. A damaged file is an Error that names what is damaged.
void inspect(const InspectOptions& options, std::ostream& out);

}  // namespace rotor
