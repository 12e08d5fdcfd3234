// A comparison as its report sees it: the finished runs in groups, why others have no result, and what the sections of
// the report share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/comparison_kind.h"
#include "page/figure.h"

namespace rotor {

/// Everything that is reported.
struct Comparison {
  const Plan& plan;
  const ComparisonKind& kind;
  std::vector<Group> groups;  ///< groups of finished runs; none is empty
  struct Unfinished {
    std::string label;
    int64_t seed;
    std::string reason;
  };
  std::vector<Unfinished> unfinished;
  std::string corpus;                ///< description of the corpus
  std::optional<Table> published{};  ///< scores of the literature

  /// The group of the baseline; the first one if that has no finished run.
  const Group& baseline() const;
  bool has_baseline() const;
};

/// The metric that decides which validation is the best, and so which checkpoint and which learning rate.
const std::string& deciding_metric(const Comparison& comparison);

/// Adds figures of line plots, with at most kMaxSeries lines in each.
void add_figures(LinePlot plot, const std::string& name, const std::string& caption, Page& page);

/// The part of a figure's caption about its error bars; empty if no encoding has several seeds.
std::string spread_caption(const Comparison& comparison);

/// A number as the text of a cell, which is empty if the number is unknown.
std::string cell(double number, int decimals);

}  // namespace rotor
