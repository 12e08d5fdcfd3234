#include "compare/position_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/option_text.h"
#include "page/statistics.h"

namespace rotor {
namespace {

/// The number of positions of a group's samples in a test; 0 if its encoding does not serve them.
size_t positions_of(const Group& group, const CountedScore& by_position, size_t test) {
  return group.runs.front().tests.at(test).statistics.at(by_position.statistics).segments();
}

/// The tokens at each position of a group's samples in a test.
std::vector<double> tokens_at(const Group& group, const CountedScore& by_position, size_t test) {
  const Statistics& statistics = group.runs.front().tests.at(test).statistics.at(by_position.statistics);
  std::vector<double> tokens;
  for (size_t i = 0; i < statistics.segments(); ++i) tokens.push_back(statistics.row(i)[1]);
  return tokens;
}

std::vector<double> losses_of(const Group& group, const CountedScore& whole, size_t test) {
  return group.each([&](const ScoredRun& run) { return whole.of(run.tests.at(test)); });
}

/// The lists of segments for pooled_score(): a range of positions in one test.
std::vector<std::vector<size_t>> range_in(size_t test, std::pair<size_t, size_t> range) {
  std::vector<std::vector<size_t>> segments(test + 1);
  for (size_t position = range.first; position < range.second; ++position) segments[test].push_back(position);
  return segments;
}

/// A group's loss by position in the longest samples that its encoding serves.
Series position_series(const Group& group, size_t tests, const CountedScore& by_position) {
  size_t test = tests - 1;
  while (test > 0 && positions_of(group, by_position, test) == 0) --test;
  Series series{group.label, {}, {}};
  for (const auto& range : position_ranges(tokens_at(group, by_position, test))) {
    const auto segments = range_in(test, range);
    series.x.push_back(std::sqrt(static_cast<double>((range.first + 1) * range.second)));
    series.y.push_back(pooled_score(group, by_position, segments));
    if (group.runs.size() < 2) continue;
    series.error.push_back(standard_deviation(group.each([&](const ScoredRun& run) {
      return pooled_score(Group{group.label, {run}}, by_position, segments);
    })));
  }
  return series;
}

Table length_table(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                   const CountedScore& whole) {
  Table table{
      "extrapolation",
      "Loss in bits a token of samples of so many tokens, the mean and the sample standard deviation over seeds.",
      {{"encoding", false}},
      {}};
  for (const EvaluatedLength& length : lengths) {
    table.columns.push_back({fmt::format("{} tokens", length.tokens), true, Best::kLowest});
    table.columns.push_back({fmt::format("{} tokens sd", length.tokens)});
  }
  for (const Group& group : comparison.groups) {
    auto& row = table.rows.emplace_back(std::vector<std::string>{group.label});
    for (size_t t = 0; t < lengths.size(); ++t) {
      const std::vector<double> losses = losses_of(group, whole, t);
      row.push_back(cell(mean(losses), 3));
      row.push_back(cell(standard_deviation(losses), 3));
    }
  }
  return table;
}

void add_length_figure(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                       const CountedScore& whole, Page& page) {
  LinePlot plot;
  plot.x_label = "tokens of a sample";
  plot.y_label = "loss (bits a token)";
  for (const EvaluatedLength& length : lengths) plot.x_names.push_back(std::to_string(length.tokens));
  for (const Group& group : comparison.groups) {
    Series series{group.label, {}, {}};
    for (size_t t = 0; t < lengths.size(); ++t) {
      const std::vector<double> losses = losses_of(group, whole, t);
      series.x.push_back(static_cast<double>(t));
      series.y.push_back(mean(losses));
      if (group.runs.size() > 1) series.error.push_back(standard_deviation(losses));
    }
    plot.series.push_back(std::move(series));
  }
  add_figures(std::move(plot), "loss_by_length",
              "Loss against the length of the samples in which the text is evaluated, the first as long as training's" +
                  spread_caption(comparison) + ".",
              page);
}

void add_position_figure(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                         const CountedScore& by_position, Page& page) {
  LinePlot plot;
  plot.x_label = "position in the sample";
  plot.y_label = "loss (bits a token)";
  plot.x_mark = lengths.front().tokens;
  for (const Group& group : comparison.groups) {
    plot.series.push_back(position_series(group, lengths.size(), by_position));
  }
  add_figures(std::move(plot), "loss_by_position",
              fmt::format("Loss against the position in samples of {} tokens, or the longest that an encoding serves; "
                          "the mean of a range of positions a point. Right of the dotted line are positions that "
                          "training has not seen{}.",
                          lengths.back().tokens, spread_caption(comparison)),
              page);
}

/// Which encodings do not serve which lengths, in a sentence; empty if all serve all.
std::string left_out(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                     const CountedScore& by_position) {
  std::vector<std::string> parts;
  for (const Group& group : comparison.groups) {
    for (size_t t = 0; t < lengths.size(); ++t) {
      if (positions_of(group, by_position, t) > 0) continue;
      parts.push_back(fmt::format("{} from {} tokens on", group.label, lengths[t].tokens));
      break;
    }
  }
  return parts.empty() ? ""
                       : fmt::format(" Left empty, for want of positions (--max-positions): {}.", join(parts, ", "));
}

}  // namespace

std::vector<std::pair<size_t, size_t>> position_ranges(std::span<const double> tokens) {
  constexpr double kEnough = 2000, kLeastRanges = 16;  // tokens, whose mean loss varies by about 0.1 bits
  const double all = std::accumulate(tokens.begin(), tokens.end(), 0.0), enough = std::min(kEnough, all / kLeastRanges);
  std::vector<std::pair<size_t, size_t>> ranges;
  size_t begin = 0;
  double held = 0;
  for (size_t end = 1; end <= tokens.size(); ++end) {
    held += tokens[end - 1];
    const bool grown = static_cast<double>(end) >= std::exp2(0.25) * static_cast<double>(begin);
    if (end < tokens.size() && (!grown || held < enough)) continue;
    if (held < enough / 2 && !ranges.empty()) {
      ranges.back().second = end;
    } else {
      ranges.emplace_back(begin, end);
    }
    begin = end;
    held = 0;
  }
  return ranges;
}

void add_positions(const Comparison& comparison, const std::vector<EvaluatedLength>& lengths,
                   const PositionScores& scores, Page& page) {
  std::vector<std::string> tokens;
  for (size_t t = 1; t < lengths.size(); ++t) tokens.push_back(std::to_string(lengths[t].tokens));
  const std::string heading = "Lengths that training has not seen";
  page.blocks.emplace_back(Heading{heading});
  page.blocks.emplace_back(Paragraph{fmt::format(
      "Models are trained on samples of {} tokens, and the same text is also evaluated in samples of {}. In "
      "longer samples more tokens have a long context, so that a model that can use it has a lower loss.{}",
      lengths.front().tokens, join(tokens, ", "), left_out(comparison, lengths, scores.by_position))});
  add_length_figure(comparison, lengths, scores.whole, page);
  page.blocks.emplace_back(length_table(comparison, lengths, scores.whole));
  add_position_figure(comparison, lengths, scores.by_position, page);
}

}  // namespace rotor
