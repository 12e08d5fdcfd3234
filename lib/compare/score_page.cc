#include "compare/score_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "page/figure.h"
#include "page/p_values.h"
#include "score/result.h"
#include "score/significance.h"

namespace rotor {
namespace {

/// p-values of systems against a baseline, by the test that the options ask for; paired bootstrap unless they do.
class PValues {
 public:
  PValues(size_t segments, const ScoreOptions& options) : options_(options) {
    if (!options.paired_ar) resamples_.emplace(segments, options.paired_bs_n, options.seed);
  }

  double operator()(const Metric& metric, const Statistics& baseline, const Statistics& system) const {
    if (resamples_) return paired_bootstrap(metric, baseline, system, *resamples_).p_value;
    return paired_randomization(metric, baseline, system, options_.paired_ar_n, options_.seed);
  }
  int64_t trials() const { return resamples_ ? options_.paired_bs_n : options_.paired_ar_n; }
  std::string method() const {
    return resamples_ ? "sacreBLEU's paired bootstrap" : "paired approximate randomisation";
  }

 private:
  const ScoreOptions& options_;
  std::optional<Resamples> resamples_;
};

/// A table's column of one metric's scores, and of their p-values where there are several systems.
void add_metric(const ScoredSystems& scored, const Metric& metric, Statistics ScoredSystem::*statistics,
                const PValues* p_values, int64_t width, Table& table) {
  const ScoredSystem& first = scored.systems.front();
  PColumn column(p_values ? p_values->trials() : 1);
  table.columns.push_back({metric.name(), true, Best::kHighest});
  if (p_values) table.columns.push_back({"p, " + metric.name()});
  if (p_values && scored.systems.size() > 2) table.columns.push_back({"Holm, " + metric.name()});
  for (size_t s = 1; p_values && s < scored.systems.size(); ++s) {
    column.add((*p_values)(metric, first.*statistics, scored.systems[s].*statistics));
  }
  for (size_t s = 0; s < scored.systems.size(); ++s) {
    auto& row = table.rows[s];
    row.push_back(fmt::format("{:.{}f}", metric.score((scored.systems[s].*statistics).sum()), width));
    if (p_values) row.push_back(s == 0 ? "" : column.text(s - 1));
    if (p_values && scored.systems.size() > 2) row.push_back(s == 0 ? "" : column.corrected(s - 1));
  }
}

Table score_table(const ScoredSystems& scored, const ScoreOptions& options) {
  Table table{"scores", "", {{"system", false}}, {}};
  const size_t systems = scored.systems.size();
  std::optional<PValues> p_values;
  if (systems > 1) {
    p_values.emplace(scored.systems.front().bleu.segments(), options);
    table.caption = fmt::format(
        "p: how likely a difference from {} at least as large is by chance, by {}{}.", scored.systems.front().name,
        p_values->method(), systems > 2 ? fmt::format("; Holm: the same, corrected for {} tests", systems - 1) : "");
  }
  for (const ScoredSystem& system : scored.systems) table.rows.push_back({system.name});
  const PValues* tests = p_values ? &*p_values : nullptr;
  add_metric(scored, *scored.bleu, &ScoredSystem::bleu, tests, options.width, table);
  add_metric(scored, *scored.chrf, &ScoredSystem::chrf, tests, options.width, table);
  return table;
}

Figure length_figure(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, const Metric& metric,
                     Statistics ScoredSystem::*statistics, const std::string& name) {
  LinePlot plot{"", "words of the source", metric.name(), {}};
  for (const ScoredSystem& system : scored.systems) {
    Series series{system.name, {}, {}};
    for (const SentenceBucket& bucket : buckets) {
      if (!bucket.enough()) continue;
      series.x.push_back(bucket.mean_words);
      series.y.push_back(score_of(metric, system.*statistics, bucket.sentences[0]));
    }
    plot.series.push_back(std::move(series));
  }
  const std::string caption = fmt::format(
      "{} against the mean length of each bucket's sources; buckets of fewer than {} sentences are in the table only.",
      metric.name(), SentenceBucket::kEnough);
  return {name, caption, draw(plot, name), draw_pdf({plot})};
}

void add_lengths(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t width, Page& page) {
  page.blocks.emplace_back(Heading{"By the length of the source"});
  const auto enough = [](const SentenceBucket& bucket) { return bucket.enough(); };
  if (scored.systems.size() <= kMaxSeries && std::any_of(buckets.begin(), buckets.end(), enough)) {
    page.blocks.emplace_back(length_figure(scored, buckets, *scored.bleu, &ScoredSystem::bleu, "bleu_by_length"));
    page.blocks.emplace_back(length_figure(scored, buckets, *scored.chrf, &ScoredSystem::chrf, "chrf_by_length"));
  }
  page.blocks.emplace_back(length_table(scored, buckets, width));
}

/// The sentences in which one system gains most chrF on another.
std::vector<size_t> gains(const ScoredSystem& winner, const ScoredSystem& loser, int64_t count) {
  std::vector<double> differences(winner.sentence_chrf.size());
  for (size_t i = 0; i < differences.size(); ++i) differences[i] = loser.sentence_chrf[i] - winner.sentence_chrf[i];
  std::vector<size_t> found = least(differences, count);
  std::erase_if(found, [&](size_t i) { return differences[i] >= 0; });
  return found;
}

}  // namespace

Table length_table(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t width) {
  Table table{"scores_by_length", "BLEU and chrF of the sentences whose sources have so many words.", {}, {}};
  table.columns = {{"words", false}, {"sentences"}};
  for (const Metric* metric : {scored.bleu.get(), scored.chrf.get()}) {
    for (const ScoredSystem& system : scored.systems) {
      table.columns.push_back({scored.systems.size() == 1 ? metric->name() : metric->name() + ' ' + system.name});
    }
  }
  for (const SentenceBucket& bucket : buckets) {
    std::vector<std::string> row = {bucket.range.name(), std::to_string(bucket.count)};
    const auto add = [&](const Metric& metric, const Statistics& statistics) {
      row.push_back(fmt::format("{:.{}f}", score_of(metric, statistics, bucket.sentences[0]), width));
    };
    for (const ScoredSystem& system : scored.systems) add(*scored.bleu, system.bleu);
    for (const ScoredSystem& system : scored.systems) add(*scored.chrf, system.chrf);
    table.rows.push_back(std::move(row));
  }
  return table;
}

MarkedLines example(size_t sentence, const ScoredSystems& scored, const std::vector<size_t>& systems,
                    const Segments& sources, const Texts& texts) {
  MarkedLines lines{fmt::format("Line {}", sentence + 1), {}};
  if (!sources.empty()) lines.lines.push_back({"source", {{sources[sentence]}}});
  const std::string& reference = texts.references.front()[sentence];
  for (size_t s : systems) {
    const Differences found = differences(texts.systems[s][sentence], reference);
    if (systems.size() == 1) lines.lines.push_back({"reference", found.reference});
    if (systems.size() > 1 && s == systems.front()) lines.lines.push_back({"reference", {{reference}}});
    const ScoredSystem& system = scored.systems[s];
    lines.lines.push_back({fmt::format("{}\nchrF {:.1f}, BLEU {:.1f}", system.name, system.sentence_chrf[sentence],
                                       system.sentence_bleu[sentence]),
                           found.hypothesis});
  }
  return lines;
}

Page score_page(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t examples,
                const Segments& sources, const Texts& texts, const ScoreOptions& options) {
  const std::vector<ScoredSystem>& systems = scored.systems;
  Page page{systems.size() == 1 ? "A closer look at " + systems[0].name : "Systems side by side", {}};
  page.blocks.emplace_back(score_table(scored, options));
  for (const Metric* metric : {scored.bleu.get(), scored.chrf.get()}) {
    page.blocks.emplace_back(
        Paragraph{metric->name() + "|" + signature_text(full_signature(*metric, texts.references.size()))});
  }
  if (!buckets.empty()) add_lengths(scored, buckets, options.width, page);
  const auto add_examples = [&](const std::string& title, const std::vector<size_t>& sentences,
                                const std::vector<size_t>& shown) {
    page.blocks.emplace_back(Heading{title});
    page.blocks.emplace_back(
        Paragraph{sentences.empty() ? "None." : "Marked: words that differ from the (first) reference."});
    for (size_t i : sentences) page.blocks.emplace_back(example(i, scored, shown, sources, texts));
  };
  for (size_t s = 1; s < systems.size(); ++s) {
    const auto title = [](const ScoredSystem& a, const ScoredSystem& b) {
      return fmt::format("Where {} gains most on {}, by chrF", a.name, b.name);
    };
    add_examples(title(systems[s], systems[0]), gains(systems[s], systems[0], examples), {0, s});
    add_examples(title(systems[0], systems[s]), gains(systems[0], systems[s], examples), {0, s});
  }
  for (size_t s = 0; s < systems.size(); ++s) {
    add_examples("Worst sentences of " + systems[s].name + ", by chrF", least(systems[s].sentence_chrf, examples), {s});
  }
  return page;
}

}  // namespace rotor
