#include "compare/length_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/option_text.h"
#include "page/statistics.h"

namespace rotor {
namespace {

/// The sample standard deviation of a score over the runs of a group.
double spread(const Group& group, const std::vector<std::vector<size_t>>& sentences, const CountedScore& score) {
  return standard_deviation(group.each([&](const ScoredRun& run) {
    return pooled_score(Group{group.label, {run}}, score, sentences);
  }));
}

Table bucket_table(const Comparison& comparison, const std::vector<SentenceBucket>& buckets, const CountedScore& score,
                   Best best, int decimals) {
  Table table;
  table.columns.push_back({"encoding", false});
  for (const SentenceBucket& bucket : buckets) table.columns.push_back({bucket.range.name(), true, best});
  table.heading_rows = 1;
  table.rows.push_back({"sentences"});
  for (const SentenceBucket& bucket : buckets) table.rows.back().push_back(std::to_string(bucket.count));
  for (const Group& group : comparison.groups) {
    table.rows.push_back({group.label});
    for (const SentenceBucket& bucket : buckets)
      table.rows.back().push_back(cell(pooled_score(group, score, bucket.sentences), decimals));
  }
  return table;
}

/// The buckets of a figure: those of enough sentences, or all if fewer than two are.
std::vector<SentenceBucket> shown_in_figure(const std::vector<SentenceBucket>& buckets) {
  std::vector<SentenceBucket> shown;
  std::copy_if(buckets.begin(), buckets.end(), std::back_inserter(shown),
               [](const SentenceBucket& bucket) { return bucket.enough(); });
  return shown.size() < 2 ? buckets : shown;
}

/// The end of the caption of a figure that does not show all buckets.
std::string left_out(const std::vector<SentenceBucket>& buckets) {
  if (shown_in_figure(buckets).size() == buckets.size()) return "";
  return fmt::format(" Buckets of fewer than {} sentences are in the table only.", SentenceBucket::kEnough);
}

LinePlot bucket_plot(const Comparison& comparison, const std::vector<SentenceBucket>& buckets,
                     const CountedScore& score) {
  const std::vector<SentenceBucket> shown = shown_in_figure(buckets);
  LinePlot plot;
  plot.x_label = "words of the source";
  for (const Group& group : comparison.groups) {
    Series series{group.label, {}, {}};
    for (const SentenceBucket& bucket : shown) {
      series.x.push_back(bucket.mean_words);
      series.y.push_back(pooled_score(group, score, bucket.sentences));
      if (group.runs.size() > 1) series.error.push_back(spread(group, bucket.sentences, score));
    }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

/// The ends of the buckets: the option's edges, and the greatest length of training if that matters.
std::vector<int64_t> edges(const CompareOptions& options) {
  std::vector<int64_t> list = whole_numbers(options.length_buckets, "length-buckets", 1);
  if (options.extrapolate > 0) list.push_back(options.extrapolate);
  std::set<int64_t> sorted(list.begin(), list.end());
  return {sorted.begin(), sorted.end()};
}

/// The test sets as buckets of their own: single sentences within the limit, beyond it, and each number joined.
Table joined_table(const Comparison& comparison, const std::vector<TestSet>& tests, const LengthScores& scores) {
  const int64_t limit = comparison.plan.options().extrapolate;
  struct Part {
    std::string name;
    std::vector<std::vector<size_t>> sentences;
  };
  std::vector<Part> parts;
  const auto add = [&](const std::string& name, size_t test, const LengthBucket& range) {
    Part part{name, std::vector<std::vector<size_t>>(tests.size())};
    const auto& sources = tests[test].sources;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (range.contains(count_words(sources[i]))) part.sentences[test].push_back(i);
    }
    if (!part.sentences[test].empty()) parts.push_back(std::move(part));
  };
  add(fmt::format("single, up to {} words", limit), 0, {0, limit});
  add(fmt::format("single, over {} words", limit), 0, {limit + 1, 0});
  for (size_t t = 1; t < tests.size(); ++t) {
    add(fmt::format("{} joined", tests[t].joined), t, {0, 0});
  }
  Table table{"extrapolation", "BLEU, and bits a token of the reference, of single and joined test sentences.", {}, {}};
  table.columns.push_back({"encoding", false});
  for (const Part& part : parts) {
    table.columns.push_back({"BLEU, " + part.name, true, Best::kHighest});
    table.columns.push_back({"bits, " + part.name, true, Best::kLowest});
  }
  table.heading_rows = 1;
  table.rows.push_back({"sentences"});
  for (const Part& part : parts) {
    size_t count = 0;
    for (const auto& sentences : part.sentences) count += sentences.size();
    table.rows.back().insert(table.rows.back().end(), 2, std::to_string(count));
  }
  for (const Group& group : comparison.groups) {
    table.rows.push_back({group.label});
    for (const Part& part : parts) {
      table.rows.back().push_back(cell(pooled_score(group, scores.bleu, part.sentences), 2));
      table.rows.back().push_back(cell(pooled_score(group, scores.loss, part.sentences), 3));
    }
  }
  return table;
}

}  // namespace

void add_lengths(const Comparison& comparison, const std::vector<TestSet>& tests, const LengthScores& scores,
                 Page& page) {
  const auto buckets = bucket_sentences({tests.at(0).sources}, edges(comparison.plan.options()));
  page.blocks.emplace_back(Heading{"BLEU by the length of the source"});
  LinePlot plot = bucket_plot(comparison, buckets, scores.bleu);
  plot.y_label = "BLEU";
  add_figures(std::move(plot), "bleu_by_length",
              fmt::format("BLEU against the mean length of each bucket's sources{}.{}", spread_caption(comparison),
                          left_out(buckets)),
              page);
  Table table = bucket_table(comparison, buckets, scores.bleu, Best::kHighest, 2);
  table.name = "bleu_by_length";
  table.caption =
      "BLEU of the test sentences whose sources have so many words; the translations of all seeds as one text.";
  page.blocks.emplace_back(std::move(table));
}

void add_extrapolation(const Comparison& comparison, const std::vector<TestSet>& tests, const LengthScores& scores,
                       Page& page) {
  const int64_t limit = comparison.plan.options().extrapolate;
  std::vector<std::vector<std::string>> sources;
  for (const TestSet& test : tests) sources.push_back(test.sources);
  const auto buckets = bucket_sentences(sources, edges(comparison.plan.options()));
  page.blocks.emplace_back(Heading{"Lengths that training has not seen"});
  std::vector<std::string> counts;
  for (size_t t = 1; t < tests.size(); ++t) counts.push_back(std::to_string(tests[t].joined));
  page.blocks.emplace_back(Paragraph{fmt::format(
      "Training pairs have at most {0} words on each side. The test sentences are translated one by one, and so many "
      "in a row joined to one: {1}. All of them together fall into buckets by the words of the source. What is right "
      "of {0} words, the dotted line, is longer than anything in training.",
      limit, join(counts, ", "))});
  LinePlot bleu = bucket_plot(comparison, buckets, scores.bleu);
  bleu.y_label = "BLEU";
  bleu.x_mark = limit;
  add_figures(
      std::move(bleu), "extrapolation_bleu",
      fmt::format("BLEU against the length of the source, single and joined sentences; trained up to {} words.{}",
                  limit, left_out(buckets)),
      page);
  LinePlot loss = bucket_plot(comparison, buckets, scores.loss);
  loss.y_label = "bits a token of the reference";
  loss.x_mark = limit;
  add_figures(std::move(loss), "extrapolation_loss",
              fmt::format("Loss of the references against the length of the source; trained up to {} words.{}", limit,
                          left_out(buckets)),
              page);
  page.blocks.emplace_back(joined_table(comparison, tests, scores));
  Table table = bucket_table(comparison, buckets, scores.bleu, Best::kHighest, 2);
  table.name = "extrapolation_bleu";
  table.caption = "BLEU by the words of the source, single and joined sentences together.";
  page.blocks.emplace_back(table);
  table = bucket_table(comparison, buckets, scores.loss, Best::kLowest, 3);
  table.name = "extrapolation_loss";
  table.caption = "Bits a token of the reference by the words of the source, single and joined sentences together.";
  page.blocks.emplace_back(std::move(table));
}

}  // namespace rotor
