#include "compare/language_model_comparison.h"

#include <algorithm>

#include "base/check.h"
#include "base/option_text.h"
#include "compare/evaluation_files.h"
#include "compare/position_report.h"
#include "compare/runner.h"
#include "model/position_sizes.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// Places of the statistics of a test.
constexpr size_t kParts = 0, kPositions = 1;

constexpr size_t kEnoughDocuments = 20;  // fewer tell too little of how documents vary

/// The length of the training's samples, and twice, four times … and at last `greatest` times as much.
std::vector<EvaluatedLength> evaluated_lengths(int64_t tokens, int64_t greatest) {
  std::vector<EvaluatedLength> lengths = {{"test", 1, tokens}};
  for (int64_t multiple = 2; multiple / 2 < greatest; multiple *= 2) {
    const int64_t times = std::min(multiple, greatest);
    lengths.push_back({fmt::format("test-{}x", times), times, times * tokens});
  }
  return lengths;
}

}  // namespace

LanguageModelComparison::LanguageModelComparison(const Plan& plan)
    : TextComparison(plan),
      lengths_(evaluated_lengths(plan.common().batches.tokens_per_sample, plan.options().extrapolate)) {
  const int64_t tokens = split().column("text").tokens(), longest = lengths_.back().tokens;
  ROTOR_CHECK(lengths_.size() == 1 || tokens >= longest,
              "{}: expected a text of at least {} tokens, the longest sample of --extrapolate {}, got {}; lower "
              "--extrapolate or --tokens-per-sample",
              split().path().string(), longest, options().extrapolate, tokens);
}

std::pair<std::string, Json> LanguageModelComparison::settings() const {
  auto settings = TextComparison::settings();
  settings.second["context_window"] = options().context_window;
  return settings;
}

bool LanguageModelComparison::serves(const PlannedRun& run, const EvaluatedLength& length) const {
  const TransformerOptions& model = run.training.model;
  const StackSizes sizes = position_sizes(model.decoder, model, /*causal=*/true);
  const auto make = position_encoding(model.position_encoding(model.decoder)).make;
  const Module::Hollow hollow;
  return length.multiple == 1 || make(model.position, sizes)->max_positions() >= length.tokens;
}

bool LanguageModelComparison::resamples_documents() const {
  return split().document_ends().size() >= kEnoughDocuments;
}

std::vector<std::string> LanguageModelComparison::results_of(const EvaluatedLength& length) {
  std::vector<std::string> names;
  for (const char* extension : {".json", ".parts.csv", ".positions.csv"}) names.push_back(length.name + extension);
  return names;
}

std::vector<std::string> LanguageModelComparison::results(const PlannedRun& run) const {
  std::vector<std::string> names;
  for (const EvaluatedLength& length : lengths_) {
    if (!serves(run, length)) continue;
    const std::vector<std::string> own = results_of(length);
    names.insert(names.end(), own.begin(), own.end());
  }
  return names;
}

void LanguageModelComparison::test(const PlannedRun& run, Tests tests, const RunCommands& commands) const {
  for (const EvaluatedLength& length : lengths_) {
    const bool wanted = tests == Tests::kAll || !has_results(run.folder, results_of(length));
    if (wanted && serves(run, length)) evaluate(run, length, commands);
  }
}

void LanguageModelComparison::time(const PlannedRun& run, const RunCommands& commands) const {
  evaluate(run, lengths_.front(), commands);
}

void LanguageModelComparison::evaluate(const PlannedRun& run, const EvaluatedLength& length,
                                       const RunCommands& commands) const {
  const auto file = [&](const char* extension) { return (run.folder / (length.name + extension)).string(); };
  TextComparison::evaluate(
      run, length.name + ".json",
      {"--tokens-per-sample", std::to_string(length.tokens), "--context-window",
       std::to_string(options().context_window), "--sample-break-mode", break_mode(), "--by-position",
       file(".positions.csv"), resamples_documents() ? "--by-document" : "--by-sample", file(".parts.csv")},
      commands);
}

std::vector<ScoredTest> LanguageModelComparison::read(const PlannedRun& run) const {
  std::vector<ScoredTest> scored;
  for (const EvaluatedLength& length : lengths_) {
    const Statistics none(0, loss().width());
    scored.push_back(serves(run, length) ? read_test(run, length) : ScoredTest{{none, none}});
  }
  return scored;
}

ScoredTest LanguageModelComparison::read_test(const PlannedRun& run, const EvaluatedLength& length) const {
  const auto file = [&](const char* extension) { return plain_or_packed(run.folder / (length.name + extension)); };
  ScoredTest test{{read_losses(file(".parts.csv")), read_losses(file(".positions.csv"))}};
  test.scores = read_scores(file(".json"));
  return test;
}

std::vector<Measure> LanguageModelComparison::measures() const {
  const auto text_size = [](const char* name, const char* key) {
    return Measure{.name = name, .best = Best::kLowest, .decimals = 4, .of = told(key), .spread = false};
  };
  return {loss_measure("bits a token"), perplexity_measure(), text_size("bits a character", "bits_per_character"),
          text_size("bits a byte", "bits_per_byte"), best_validation_measure()};
}

KindTexts LanguageModelComparison::texts() const {
  const std::string context =
      options().context_window > 0 ? fmt::format(", each after {} more as its context", options().context_window) : "";
  const char* part = resamples_documents() ? "document" : "sample";
  return {
      .resampled = fmt::format("the {}{}s of the split \"{}\"; a {} counts with its losses of all seeds that both have",
                               resamples_documents() ? fmt::format("{} ", split().document_ends().size()) : "", part,
                               options().gen_subset, part),
      .losses =
          "Losses are in bits a token, without label smoothing, and perplexity is 2^loss; those at equal updates "
          "and time are of the validation text,",
      .speeds =
          "Training speed is the median over a run's reports, in tokens; evaluation speed counts the tokens that "
          "are scored.",
      .work = "evaluation",
      .procedure = fmt::format("predicts the {} tokens of the split \"{}\" in samples of up to {} tokens{} "
                               "(--sample-break-mode {})",
                               split().column("text").tokens(), options().gen_subset,
                               lengths_.front().tokens - options().context_window, context, break_mode()),
      .scoring = "",
  };
}

void LanguageModelComparison::add_lengths(const Comparison& comparison, Page& page) const {
  if (lengths_.size() > 1) add_positions(comparison, lengths_, {{&loss(), kParts}, {&loss(), kPositions}}, page);
}

void check_language_model_comparison(const CompareOptions& options, const TrainingOptions& training) {
  const BatchOptions& batches = training.batches;
  require(options.extrapolate != 1,
          "--extrapolate 1 tests no other length than training's; expected the greatest multiple of "
          "--tokens-per-sample {}, 2 or more, or 0",
          batches.tokens_per_sample);
  require(options.extrapolate == 0 || batches.sample_break_mode != "eos",
          "--extrapolate tests longer samples than training's, which --sample-break-mode eos has no use for; leave one "
          "of them out");
  require(options.context_window < batches.tokens_per_sample,
          "expected --context-window below --tokens-per-sample {}, got {}", batches.tokens_per_sample,
          options.context_window);
}

std::unique_ptr<ComparisonKind> make_language_model_comparison(const Plan& plan) {
  return std::make_unique<LanguageModelComparison>(plan);
}

}  // namespace rotor
