// A detailed score report: BLEU and chrF by the length of the source, the worst sentences with their differences from
// the reference marked, and systems side by side. It is printed as text after rotor-score's report, or written as a
// page (report.html, report.md, tables as CSV, figures as SVG). A sentence's rank is its chrF: BLEU of one sentence is
// close to 0 too often.
#pragma once

#include "score/evaluate.h"

namespace rotor {

struct ScoreReportOptions {
  std::string source;
  std::string length_buckets = "4,8,12,16,20,30,40,60,80";
  int64_t worst = 0;
  std::string report;  ///< folder of the page; none if empty

  /// Described after ScoreOptions, whose options of BLEU, chrF and tests of two systems have an effect on the report
  /// too.
  void describe(Options& options);

  /// Whether any part of the report is requested.
  bool any() const { return !source.empty() || worst > 0 || !report.empty(); }
  /// Throws a UsageError for impossible values and combinations.
  void check(const ScoreOptions& score) const;

 private:
  void widen_scores(Options& options) const;
};

/// Writes the page if it is requested, and returns the requested tables and lists, each after a blank line. Sources
/// with another number of lines than the texts are an Error.
std::string score_report(const ScoreReportOptions& options, const ScoreOptions& score, const Texts& texts);

}  // namespace rotor
