#include "compare/translation_comparison.h"

#include <algorithm>
#include <numbers>
#include <sstream>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "compare/length_report.h"
#include "compare/run_record.h"
#include "compare/runner.h"
#include "score/evaluate.h"
#include "score/result.h"
#include "search/generate_options.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// Places of the statistics of a test.
constexpr size_t kBleu = 0, kChrf = 1, kLoss = 2;

/// Reads what rotor-generate --score-reference wrote.
Statistics read_losses(const fs::path& path, size_t sentences) {
  Statistics losses(sentences, TokenLoss().width());
  LineReader reader(path);
  size_t read = 0;
  for (std::string line; reader.next(line); ++read) {
    std::istringstream numbers(line);
    double log_probability = 0, tokens = 0;
    ROTOR_CHECK(numbers >> log_probability >> tokens, "{}:{}: expected a score and a number of tokens, got '{}'",
                path.string(), reader.line_number(), line);
    if (read < sentences) set_loss(losses, read, -log_probability / std::numbers::ln2, tokens);
  }
  ROTOR_CHECK(read == sentences, "expected {} scores in {}, got {}; remove the run's result.json to repeat it",
              sentences, path.string(), read);
  return losses;
}

/// Refuses a text of the test set that can be read only once: each run reads it anew.
void check_readable_again(const std::string& option, const fs::path& text) {
  if (text != "-" && (fs::is_regular_file(text) || !fs::exists(text))) return;
  throw UsageError(
      fmt::format("--{} expects a regular file, as every run reads it, got {}; write its text to a file first", option,
                  text == "-" ? "standard input" : text.string()));
}

}  // namespace

TranslationComparison::TranslationComparison(const Plan& plan)
    : plan_(plan), tests_{read_test_set(options().test_source, options().test_reference)} {}

std::string TranslationComparison::describe_corpus() const {
  const Vocabularies vocabularies = read_vocabularies(options().corpus);
  const Corpus train = open_split(options().corpus, "train", vocabularies);
  const Corpus valid = open_split(options().corpus, "valid", vocabularies);
  const CorpusColumn &sources = train.column("source"), &targets = train.column("target");
  int64_t source = 0, target = 0;
  for (int64_t i = 0; tests_lengths() && i < train.size(); ++i) {
    source = std::max(source, count_words(vocabularies.source.decode(sources.ids(i))));
    target = std::max(target, count_words(vocabularies.target.decode(targets.ids(i))));
  }
  if (std::max(source, target) > options().extrapolate) {
    log::warn("{} has training pairs of up to {} words as its vocabulary writes them, more than --extrapolate {}",
              options().corpus, std::max(source, target), options().extrapolate);
  }
  return fmt::format(
      "Corpus: {}–{}, {} training and {} validation pairs, {} of {} pieces.{}", sources.info().language,
      targets.info().language, train.size(), valid.size(),
      vocabularies.joined() ? "one vocabulary" : "two vocabularies, the source's", vocabularies.source.size(),
      tests_lengths() ? fmt::format(" The longest training source has {} words, the longest target {}.", source, target)
                      : "");
}

void TranslationComparison::prepare() {
  if (!tests_lengths()) return;
  const fs::path folder = fs::path(options().output) / "joined";
  fs::create_directories(folder);
  for (const int64_t count : whole_numbers(options().joined, "joined", 2))
    tests_.push_back(join_sentences(tests_[0], count, folder));
}

Json TranslationComparison::inputs() const {
  return {{"test_source", text_sum(options().test_source)}, {"test_reference", text_sum(options().test_reference)}};
}

std::pair<std::string, Json> TranslationComparison::settings() const {
  const SearchOptions& search = options().search;
  Json settings = {
      {"beam", search.beam},           {"lenpen", search.lenpen},       {"lenpen_kind", search.lenpen_kind},
      {"max_len_a", search.max_len_a}, {"max_len_b", search.max_len_b}, {"average", options().average}};
  const auto [source, target] = positions();
  note_unless_usual(settings, "max_source_positions", source, GenerateOptions().max_source_positions);
  note_unless_usual(settings, "max_target_positions", target, GenerateOptions().search.max_target_positions);
  return {"translation", settings};
}

SampleLengths TranslationComparison::positions() const {
  const TrainingOptions& common = plan_.common();  // for all entries, to cut the same sentences for all
  const GenerateOptions usual;
  return {std::max(usual.max_source_positions, common.max_source_positions),
          std::max(usual.search.max_target_positions, common.max_target_positions)};
}

std::vector<std::string> TranslationComparison::results(const PlannedRun&) const {
  std::vector<std::string> names;
  for (const TestSet& test : tests_) {
    names.push_back(test.name + ".out");
    if (tests_lengths()) names.push_back(test.name + ".scores");
  }
  return names;
}

void TranslationComparison::test(const PlannedRun& run, Tests tests, const RunCommands& commands) const {
  const auto wanted = [&](const TestSet& test, const char* extension) {
    return tests == Tests::kAll || !has_results(run.folder, {test.name + extension});
  };
  for (const TestSet& test : tests_) {
    if (wanted(test, ".out")) translate(run, test, commands);
    if (tests_lengths() && wanted(test, ".scores")) score_references(run, test, commands);
  }
}

void TranslationComparison::time(const PlannedRun& run, const RunCommands& commands) const {
  translate(run, tests_.front(), commands);
}

void TranslationComparison::translate(const PlannedRun& run, const TestSet& test, const RunCommands& commands) const {
  std::vector<std::string> arguments = options().search_arguments();
  arguments.insert(arguments.end(), {"--stats", run.folder / (test.name + ".json")});
  generate(run, test, ".out", arguments, commands);
}

void TranslationComparison::score_references(const PlannedRun& run, const TestSet& test,
                                             const RunCommands& commands) const {
  generate(run, test, ".scores", {"--score-reference", test.reference}, commands);
}

void TranslationComparison::generate(const PlannedRun& run, const TestSet& test, const std::string& extension,
                                     const std::vector<std::string>& more, const RunCommands& commands) const {
  const auto [source, target] = positions();
  std::vector<std::string> arguments = {run.folder / "model.safetensors",
                                        "--input",
                                        test.source,
                                        "--output",
                                        run.folder / (test.name + extension),
                                        "--threads",
                                        std::to_string(run.training.threads),
                                        "--max-source-positions",
                                        std::to_string(source),
                                        "--max-target-positions",
                                        std::to_string(target)};
  for (const auto& others : {more, run.test_arguments}) arguments.insert(arguments.end(), others.begin(), others.end());
  commands.call(run, command(), arguments);
}

std::vector<ScoredTest> TranslationComparison::read(const PlannedRun& run) const {
  std::vector<ScoredTest> scored;
  for (const TestSet& test : tests_) scored.push_back(read_test(run, test));
  return scored;
}

ScoredTest TranslationComparison::read_test(const PlannedRun& run, const TestSet& test) const {
  const auto file = plain_or_packed(run.folder / (test.name + ".out"));
  const Segments hypotheses = read_segments(file);
  ROTOR_CHECK(hypotheses.size() == test.references.size(),
              "expected {} translations in {}, got {}; remove the run's result.json to repeat it",
              test.references.size(), file.string(), hypotheses.size());
  const std::vector<Segments> references = {test.references};
  ScoredTest scored{{count_segments(bleu_, hypotheses, references), count_segments(chrf_, hypotheses, references)}};
  if (tests_lengths()) {
    scored.statistics.push_back(read_losses(plain_or_packed(run.folder / (test.name + ".scores")), hypotheses.size()));
  }
  return scored;
}

std::vector<Measure> TranslationComparison::measures() const {
  const auto measure = [](const char* name, const CountedScore& score) {
    return Measure{.name = name,
                   .of = [score](const ScoredRun& run) { return score.of(run.tests.at(0)); },
                   .tested = std::make_shared<CountedScore>(score)};
  };
  std::vector<Measure> measures = {measure("BLEU", {&bleu_, kBleu}), measure("chrF", {&chrf_, kChrf})};
  measures.front().figure_label = "BLEU";
  measures.front().figure_caption = "BLEU of the test set";
  return measures;
}

KindTexts TranslationComparison::texts() const {
  std::string signatures;
  for (const Metric* metric : std::initializer_list<const Metric*>{&bleu_, &chrf_}) {
    signatures += fmt::format("{}{} {}", signatures.empty() ? "" : "; ", metric->name(),
                              signature_text(full_signature(*metric, 1)));
  }
  const SearchOptions& search = options().search;
  return {
      .resampled = "the test sentences; a sentence counts with its translations of all seeds that both have",
      .losses = "Losses in bits a token, without label smoothing:",
      .speeds =
          "Training speed is the median over a run's reports, in target tokens; decoding speed counts the tokens "
          "of the translations.",
      .work = "decoding",
      .procedure = fmt::format("translates {} test sentences with beam {} and length penalty {} ({})",
                               tests_.at(0).sources.size(), search.beam, search.lenpen, search.lenpen_kind),
      .scoring = "Scores are of detokenised text. Signatures: " + signatures + ".",
  };
}

void TranslationComparison::add_lengths(const Comparison& comparison, Page& page) const {
  const LengthScores scores{{&bleu_, kBleu}, {&loss_, kLoss}};
  rotor::add_lengths(comparison, tests_, scores, page);
  if (tests_lengths()) add_extrapolation(comparison, tests_, scores, page);
}

void check_translation_comparison(const CompareOptions& options, const TrainingOptions&) {
  options.search.check();
  if (options.test_source.empty() || options.test_reference.empty()) {
    throw UsageError("expected the test set: --test-source FILE and --test-reference FILE");
  }
  check_readable_again("test-source", options.test_source);
  check_readable_again("test-reference", options.test_reference);
  whole_numbers(options.joined, "joined", 2);
  bucket_edges(options.length_buckets);
}

std::unique_ptr<ComparisonKind> make_translation_comparison(const Plan& plan) {
  return std::make_unique<TranslationComparison>(plan);
}

}  // namespace rotor
