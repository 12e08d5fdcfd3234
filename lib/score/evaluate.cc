#include "score/evaluate.h"

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "score/bleu.h"
#include "score/result.h"

namespace rotor {
namespace {

constexpr int64_t kMaxWidth = 50;  // a double in 0 … 100 has nothing of interest beyond

std::string shown(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

void check_usage(const ScoreOptions& options) {
  if (options.reference.empty()) throw UsageError("expected --reference with at least one file, got none");
  if (options.width < 0 || options.width > kMaxWidth) {
    throw UsageError(fmt::format("expected --width from 0 to {}, got {}", kMaxWidth, options.width));
  }
  const auto from_input = std::count(options.reference.begin(), options.reference.end(), "-");
  if (from_input + (options.hypothesis == "-") > 1) {
    throw UsageError("expected one text on standard input, got several; give --hypothesis and --reference as files");
  }
}

}  // namespace

void ScoreOptions::describe(Options& options) {
  options.group("Score");
  options.add("reference", reference, "references, detokenised, one a line; several files are several references");
  options.add("hypothesis", hypothesis, "translations, detokenised, one a line; - reads standard input");
  options.group("Report");
  options.add("format", format, "a line of text or a JSON object, as sacreBLEU prints them", {"text", "json"});
  options.add("width", width, "decimals of the score");
  options.add("score-only", score_only, "print the number alone");
}

std::vector<std::string> read_segments(const std::filesystem::path& path) {
  LineReader reader(path);
  std::vector<std::string> segments;
  for (std::string line; reader.next(line);) segments.push_back(line);
  CHECK(!segments.empty(), "expected a segment a line in {}, got an empty file", shown(path));
  if (reader.carriage_returns() > 0) {
    log::warn("{}: {} lines end in CR LF; the CR is ignored", shown(path), reader.carriage_returns());
  }
  return segments;
}

std::string evaluate(const ScoreOptions& options) {
  check_usage(options);
  std::vector<std::vector<std::string>> references;
  for (const auto& path : options.reference) references.push_back(read_segments(path));
  const std::vector<std::string> hypotheses = read_segments(options.hypothesis);
  for (size_t r = 0; r < references.size(); ++r) {
    CHECK(references[r].size() == hypotheses.size(),
          "expected as many hypotheses as references, got {} and {} lines in {} and {}; give the same segments of both",
          hypotheses.size(), references[r].size(), shown(options.hypothesis), shown(options.reference[r]));
  }
  const Result result = bleu_result(corpus_bleu(hypotheses, references), references.size());
  const int width = static_cast<int>(options.width);
  if (options.score_only) return result.number(width);
  return options.format == "json" ? result.json(width) : result.text(width);
}

}  // namespace rotor
