// p-values in the form in which a table shows them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rotor {

/// The p-values of one column: each is from a test by `resamples` random trials, which gives at least 1 / (resamples +
/// 1).
class PColumn {
 public:
  explicit PColumn(int64_t resamples) : resamples_(resamples) {}

  void add(double p) { values_.push_back(p); }
  size_t tests() const { return values_.size(); }

  /// The i-th p-value, "0.012", or "≤ 0.001" if it is the least that so many trials can give.
  std::string text(size_t i) const;
  /// The same corrected for the number of tests in the column (holm() in page/statistics.h).
  std::string corrected(size_t i) const;

 private:
  std::string text(double p, bool at_most) const;
  bool is_least(size_t i) const;

  int64_t resamples_;
  std::vector<double> values_;
};

}  // namespace rotor
