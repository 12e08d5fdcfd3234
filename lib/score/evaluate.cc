#include "score/evaluate.h"

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "score/compare_systems.h"
#include "score/guards.h"
#include "score/result.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

std::string shown(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

void check_lines(const ScoreOptions& options, const std::vector<Segments>& systems,
                 const std::vector<Segments>& references) {
  for (size_t s = 0; s < systems.size(); ++s) {
    for (size_t r = 0; r < references.size(); ++r) {
      ROTOR_CHECK(
          references[r].size() == systems[s].size(),
          "expected as many hypotheses as references, got {} and {} lines in {} and {}; give the same segments of "
          "both{}",
          systems[s].size(), references[r].size(), shown(options.hypothesis[s]), shown(options.reference[r]),
          explain_unequal_lines(systems[s], references[r]));
    }
  }
}

void warn_of_likely_mistakes(const ScoreOptions& options, const std::vector<Segments>& systems,
                             const std::vector<Segments>& references) {
  const auto warn = [](const std::vector<std::string>& warnings) {
    for (const auto& warning : warnings) log::warn("{}", warning);
  };
  const bool tokenized_on_purpose = options.force || options.bleu.tokenize == "none";
  const auto inspect = [&](const Segments& segments, const std::string& name) {
    if (!tokenized_on_purpose) warn(warn_of_tokenized_text(segments, name));
    warn(warn_of_blank_end(segments, name));
  };
  for (size_t r = 0; r < references.size(); ++r) inspect(references[r], shown(options.reference[r]));
  for (size_t s = 0; s < systems.size(); ++s) {
    warn(warn_of_subword_marks(systems[s], shown(options.hypothesis[s])));
    inspect(systems[s], shown(options.hypothesis[s]));
  }
}

std::string report(const std::vector<Result>& results, const ScoreOptions& options) {
  const int width = static_cast<int>(options.width);
  if (options.format == "json" && !options.score_only) return join_json(results, width);
  std::vector<std::string> lines;
  for (const auto& result : results) lines.push_back(options.score_only ? result.number(width) : result.text(width));
  std::string text = join_text(lines);
  for (const auto& result : results) {
    if (!result.note.empty() && !options.score_only) text += fmt::format("\n{}: {}", result.name, result.note);
  }
  return text;
}

std::string score_corpus(const ScoreOptions& options, const Segments& system, const std::vector<Segments>& references) {
  Resampling resampling;
  if (options.confidence) {
    resampling = {{"bs", std::to_string(options.confidence_n)}, {"seed", std::to_string(options.seed)}};
  }
  std::vector<Result> results;
  for (const auto& metric : options.make_metrics()) {
    const Statistics statistics = count_segments(*metric, system, references);
    results.push_back(result_of(*metric, statistics.sum(), references.size(), resampling));
    if (options.compound_split_bleu) results.back().note = explain_bleu(metric->name());
    if (!options.confidence) continue;
    const Resamples resamples(system.size(), options.confidence_n, static_cast<uint64_t>(options.seed));
    const Interval interval = interval_of(resamples.scores(*metric, statistics));
    if (interval.mean > 0) results.back().confidence = interval;  // sacreBLEU says nothing of 0 ± 0
  }
  return report(results, options);
}

std::string score_sentences(const ScoreOptions& options, const Segments& system,
                            const std::vector<Segments>& references) {
  const auto metrics = options.make_metrics();
  const Statistics statistics = count_segments(*metrics.front(), system, references);
  std::vector<Result> results;
  for (size_t i = 0; i < statistics.segments(); ++i) {
    results.push_back(result_of(*metrics.front(), statistics.row(i), references.size()));
  }
  return report(results, options);
}

}  // namespace

Segments read_segments(const std::filesystem::path& path) {
  LineReader reader(path);
  Segments segments;
  for (std::string line; reader.next(line);) segments.emplace_back(strip_right(line));
  ROTOR_CHECK(!segments.empty(), "expected a segment a line in {}, got an empty file", shown(path));
  if (reader.carriage_returns() > 0) {
    log::warn("{}: {} lines end in CR LF; the CR is ignored", shown(path), reader.carriage_returns());
  }
  return segments;
}

Texts read_texts(const ScoreOptions& options) {
  options.check();
  Texts texts;
  for (const auto& path : options.reference) texts.references.push_back(read_segments(path));
  for (const auto& path : options.hypothesis) texts.systems.push_back(read_segments(path));
  check_lines(options, texts.systems, texts.references);
  warn_of_likely_mistakes(options, texts.systems, texts.references);
  return texts;
}

std::string evaluate(const ScoreOptions& options, const Texts& texts) {
  if (options.sentence_level) return score_sentences(options, texts.systems.front(), texts.references);
  if (texts.systems.size() == 1) return score_corpus(options, texts.systems.front(), texts.references);
  return compare_systems(options, texts.systems, texts.references);
}

std::string evaluate(const ScoreOptions& options) {
  return evaluate(options, read_texts(options));
}

}  // namespace rotor
