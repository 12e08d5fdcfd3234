#include "compare/score_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "compare/compare_options.h"
#include "compare/score_page.h"
#include "score/table.h"

namespace rotor {
namespace {

constexpr int64_t kExamples = 10;  // in a list on the page, unless --worst says otherwise

Segments read_sources(const std::string& path, const Texts& texts) {
  if (path.empty()) return {};
  Segments sources = read_segments(path);
  const size_t lines = texts.references.front().size();
  ROTOR_CHECK(sources.size() == lines,
              "expected as many sources as references, got {} and {} lines; is {} of other texts?", sources.size(),
              lines, path);
  return sources;
}

/// Lets options that were described before have an effect where `holds` too.
void widen(Options& options, const std::vector<std::string>& names, const std::string& when,
           const std::function<bool()>& holds) {
  for (const std::string& name : names) {
    for (Condition& condition : options.option(name).conditions) {
      condition.when += when;
      condition.holds = [former = std::move(condition.holds), holds] { return former() || holds(); };
    }
  }
}

std::string drawn(const Table& table) {
  std::vector<TableRow> rows = {{}};
  for (const Column& column : table.columns) rows.front().push_back(column.title);
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  return draw_table(rows);
}

std::string as_text(const MarkedLines& marked) {
  std::string text = marked.title + '\n';
  for (const auto& line : marked.lines) {
    std::string label = line.label;
    std::replace(label.begin(), label.end(), '\n', ' ');
    text += fmt::format("  {}: {}\n", label, bracketed(line.pieces));
  }
  return text;
}

}  // namespace

void ScoreReportOptions::describe(Options& options) {
  options.group("A closer look");
  options.add("source", source, "the sources, one a line: gives BLEU and chrF by their length").common();
  options.add("length-buckets", length_buckets, "longest source of each bucket, in words")
      .only("with --source", [this] { return !source.empty(); });
  options.add("worst", worst, "list so many sentences with the least chrF, words that differ from the reference in []")
      .at_least(0)
      .common();
  options.add("report", report, "folder for a page with all that, and with several systems side by side").common();
  if (options.find("metrics") != nullptr) widen_scores(options);
}

void ScoreReportOptions::widen_scores(Options& options) const {
  widen(options,
        {"tokenize", "language-pair", "spm-model", "smooth-method", "smooth-value", "lowercase", "chrf-char-order",
         "chrf-word-order", "chrf-beta", "chrf-whitespace", "chrf-lowercase", "chrf-eps-smoothing"},
        ", or with --source, --worst or --report", [this] { return any(); });
  const auto& systems = *std::get<std::vector<std::string>*>(options.option("hypothesis").target);
  const auto& randomised = *std::get<bool*>(options.option("paired-ar").target);
  const auto tests = [this, &systems] { return !report.empty() && systems.size() > 1; };
  const std::string when = ", or with --report and several systems";
  widen(options, {"seed"}, when, tests);
  widen(options, {"paired-bs-n"}, when, [tests, &randomised] { return tests() && !randomised; });
}

void ScoreReportOptions::check(const ScoreOptions& score) const {
  bucket_edges(length_buckets);
  check_values(*this);
  if (any() && (score.sentence_level || score.score_only || score.format == "json")) {
    throw UsageError("--source, --worst and --report go with whole texts and --format text only");
  }
}

std::string score_report(const ScoreReportOptions& options, const ScoreOptions& score, const Texts& texts) {
  if (!options.any()) return {};
  const Segments sources = read_sources(options.source, texts);
  const ScoredSystems scored = score_systems(score, texts);
  const auto buckets = bucket_sentences({sources}, bucket_edges(options.length_buckets));
  std::string text;
  if (!buckets.empty()) text += fmt::format("\n{}", drawn(length_table(scored, buckets, score.width)));
  for (size_t s = 0; options.worst > 0 && s < scored.systems.size(); ++s) {
    text += fmt::format("\nWorst sentences of {}, by chrF\n", scored.systems[s].name);
    for (size_t i : least(scored.systems[s].sentence_chrf, options.worst)) {
      text += as_text(example(i, scored, {s}, sources, texts));
    }
  }
  if (!options.report.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.report, error);
    ROTOR_CHECK(!error, "cannot create the folder --report {}: {}", options.report, error.message());
    const int64_t examples = options.worst > 0 ? options.worst : kExamples;
    score_page(scored, buckets, examples, sources, texts, score).write(options.report);
  }
  return text;
}

}  // namespace rotor
